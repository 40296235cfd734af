import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { locate } from "../../src/policy/locate.ts";
import type { KeyPath } from "../../src/policy/locate.ts";

/** Every path in a parsed document. */
function pathsOf(value: unknown, path: KeyPath = []): KeyPath[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => [[...path, at], ...pathsOf(item, [...path, at])]);
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

const KEY = /^(?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)/;

/** The text at a path's spot begins with the path's last key; an element begins there with its value or its `[[`. */
function expectPlace(text: string, path: KeyPath): void {
  const places = locate(text);
  expect([path, places.has(path)]).toEqual([path, true]);
  const { line, column } = places.find(path);
  const rest = text
    .split("\n")
    .slice(line - 1)
    .join("\n")
    .slice(column - 1);
  const last = path.at(-1);
  if (typeof last === "number") {
    expect(rest).toMatch(/^(?:\[\[|[^\s,\]}#])/);
    return;
  }
  const key = KEY.exec(rest)?.[0] ?? "";
  expect(Object.keys(parse(`${key} = 1`))).toEqual([last]);
}

const WRITTEN = `# a comment with [brackets] and "quotes"
plain = 1 # = "x"
"quoted key" = 'a # b'
'lit.eral' . "d\\"ot" = 1979-05-27 07:32:00
empty = ""
long = """
one = 1
[table]
\\""" two"""""
raw = ''' '' [x] '''''
list = [ "a]", 'b,', """c
]""", [1, 2,], { x = 1, y.z = [{ q = "}" }] }, # , ]
  true,
]
inline = { a = 1, "b c" = { d = [] }, e.f = 2 }

[ table . sub ]
a.b.c = -inf
a.b.d = 0x1F
[[things]]
name = "first"\r
[[things.parts]]
size = 1
[[things.parts]]
[[things]]
[things.more]
x = 1
[[things.parts]]
[table]
last = 1`;

describe("locate", () => {
  test("finds every path of a text that uses all of TOML", () => {
    const paths = pathsOf(parse(WRITTEN));
    expect(paths.length).toBeGreaterThan(40);
    for (const path of paths) expectPlace(WRITTEN, path);
  });

  test.each<[KeyPath, number, number]>([
    [["plain"], 2, 1],
    [["lit.eral", 'd"ot'], 4, 14],
    [["list"], 11, 1],
    [["list", 4, "y", "z", 0, "q"], 12, 34],
    [["list", 5], 13, 3],
    [["table", "sub"], 17, 11],
    [["table", "sub", "a", "b", "d"], 19, 5],
    [["things", 1], 25, 1],
    [["things", 1, "parts", 0], 28, 1],
    [["things", 0, "parts", 1], 24, 1],
    [["table", "last"], 30, 1],
  ])("says where %j stands", (path, line, column) => {
    expect(locate(WRITTEN).find(path)).toEqual({ line, column });
  });

  test("gives the nearest table of what does not stand in the text", () => {
    expect(locate(WRITTEN).find(["table", "sub", "nope", 3])).toEqual({ line: 17, column: 11 });
    expect(locate(WRITTEN).find(["nope"])).toEqual({ line: 1, column: 1 });
    expect(locate(WRITTEN).has(["nope"])).toBe(false);
  });

  const key = fc.oneof(
    fc.constantFrom("a", "b", "__proto__", "a b", "é", '"', "#", "x.y"),
    fc.string({ maxLength: 5 }),
  );
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.constantFrom('"""', "'''", "]", "}", "# x"),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.dictionary(key, tie("value"), { maxKeys: 3 }), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
    ),
  }));

  test("finds every path of whatever the parser's own writer writes", () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (document) => {
        const text = stringify(document);
        for (const path of pathsOf(parse(text))) expectPlace(text, path);
      }),
      { numRuns: 500 },
    );
  });

  // What the writer never writes: inline tables, dotted keys, other strings, comments and blanks in odd places.
  const blank = fc.constantFrom("", " ", "\t");
  const breaks = fc.constantFrom("", " ", "\n", "\r\n", ' # ] } , "\n');
  const shownKey = fc.constantFrom("a", '"b.c"', "'d'", '"\\u0065"', "x-1");
  const dotted = fc
    .tuple(fc.uniqueArray(shownKey, { minLength: 1, maxLength: 3 }), blank)
    .map(([parts, gap]) => parts.join(`${gap}.${gap}`));
  const scalar = fc.constantFrom(
    "1",
    "+1_000",
    "1e5",
    "nan",
    "true",
    "1979-05-27",
    "07:32:00",
    '""',
    "''",
    '"\\"]"',
    "'''\n'a''''",
    '"""\n\\"""a"""""',
  );
  const { written } = fc.letrec<{ written: string }>((tie) => ({
    written: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc
        .tuple(fc.array(tie("written"), { maxLength: 3 }), breaks)
        .map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
      fc
        .tuple(fc.array(fc.tuple(dotted, tie("written")), { maxLength: 3 }), blank)
        .map(
          ([items, gap]) =>
            `{${gap}${items.map(([name, item]) => `${name}${gap}=${gap}${item}`).join(`${gap},${gap}`)}${gap}}`,
        ),
    ),
  }));
  const line = fc.oneof(
    fc.tuple(dotted, blank, written).map(([name, gap, item]) => `${gap}${name}${gap}=${gap}${item}${gap}`),
    fc.tuple(dotted, blank).map(([name, gap]) => `[${gap}${name}${gap}]`),
    fc.tuple(dotted, blank).map(([name, gap]) => `[[${gap}${name}${gap}]] # [x]`),
    fc.constantFrom("", "# x = 1", "\t"),
  );

  const isToml = (text: string): boolean => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };

  test("finds every path of texts in any style that the parser reads", () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"), (lines, end) => {
        const text = lines.join(end);
        if (!isToml(text)) return;
        read++;
        for (const path of pathsOf(parse(text))) expectPlace(text, path);
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(300);
  });
});
