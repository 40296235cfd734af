import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { MAX_DEPTH, MAX_MEMBERS, parseJson } from "../../src/protocol/json.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

const SYNTAX = { ok: false, problem: "syntax" };

describe("parseJson", () => {
  test("agrees with JSON.parse on every JSON text that is not too deep", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom(undefined, 1, "\t"), (json, indent) => {
        const value: unknown = JSON.parse(json);
        const text = JSON.stringify(value, null, indent);
        const parsed = parseJson(bytesOf(text));
        if (depthOf(value) > MAX_DEPTH) expect(parsed).toEqual({ ok: false, problem: "depth" });
        else expect(parsed).toEqual({ ok: true, value, duplicate: null });
      }),
      { numRuns: 1000 },
    );
  });

  test("agrees with JSON.parse on what is not JSON", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ",",
      ":",
      "a",
      "1",
      " ",
      "\n",
      '"a"',
      "\\u0061",
      "null",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join("");
        const parsed = parseJson(bytesOf(text));
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          expect(parsed.ok).toBe(false);
          return;
        }
        expect(parsed).toMatchObject({ ok: true, value });
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ["a byte that is no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["a surrogate in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ["an overlong NUL", Uint8Array.of(0x22, 0xc0, 0x80, 0x22)],
    ["a byte order mark", bytesOf("\ufeff{}")],
    ["nothing", bytesOf("")],
    ["a bare word", bytesOf("NaN")],
    ["two values", bytesOf("{} {}")],
    ["a raw control character", bytesOf('"\u0001"')],
  ])("refuses %s", (_, bytes) => {
    expect(parseJson(bytes)).toEqual(SYNTAX);
  });

  test.each([
    ["arrays", ["[", "]"]],
    ["objects", ['{"a":', "}"]],
    ["both", ['[{"a":', "}]"]],
  ])("reads 16 levels and no 17th, of %s", (_, [open = "", close = ""]) => {
    const nest = (times: number): string => `${open.repeat(times)}1${close.repeat(times)}`;
    const most = MAX_DEPTH / close.length;
    expect(parseJson(bytesOf(nest(most)))).toMatchObject({ ok: true });
    expect(parseJson(bytesOf(nest(most + 1)))).toEqual({ ok: false, problem: "depth" });
  });

  test("refuses more members and elements than anybody needs, however small they are", () => {
    const list = (count: number): Uint8Array =>
      bytesOf(`[${Array.from({ length: count }, () => "1").join(",")}]`);
    expect(parseJson(list(MAX_MEMBERS))).toMatchObject({ ok: true });
    expect(parseJson(list(MAX_MEMBERS + 1))).toEqual({ ok: false, problem: "members" });
    expect(parseJson(bytesOf(`"${",".repeat(MAX_MEMBERS * 2)}"`))).toMatchObject({ ok: true });
  });

  test("does not count brackets inside strings", () => {
    const value = [`${"[{".repeat(40)}\\"`];
    expect(parseJson(bytesOf(JSON.stringify(value)))).toEqual({ ok: true, value, duplicate: null });
  });

  test.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"a":1 , "a"\t\r\n :2}', "a"],
    ['{"p":{"a":{},"b":[{"a":1,"c":1,"a":2}]}}', "p.b.a"],
    ['[{"x":1},{"y":1,"y":1}]', "y"],
    ['{"":1,"":2}', ""],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{"a":"a","b":"a"}', null],
    ['{"a":{"a":{"a":1}}}', null],
    ['[{"a":1},{"a":2}]', null],
    ['{"a":["a","a",{"a":1}]}', null],
    ['{"a":"b\\":","b":1}', null],
  ])("tells where a name stands twice: %s", (text, duplicate) => {
    expect(parseJson(bytesOf(text))).toMatchObject({ ok: true, duplicate });
  });

  test("finds a duplicate exactly where two names are the same characters", () => {
    const name = fc.constantFrom("a", "b", "\\u0061", "\\u0062", "\\n", "\\u000a", "\\\\", "\\u005c", '\\"');
    const value = fc.constantFrom("1", '"a"', '{"a":1}', '["a",{"b":"a"}]');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (members) => {
        const parsed = parseJson(bytesOf(`{${members.map(([n, v]) => `"${n}":${v}`).join(",")}}`));
        const names = members.map(([n]) => JSON.parse(`"${n}"`) as string);
        const twice = names.find((each, at) => names.indexOf(each) < at) ?? null;
        expect(parsed).toMatchObject({ ok: true, duplicate: twice });
      }),
      { numRuns: 2000 },
    );
  });

  // A reader that looks at a character once for each one before it would need a quarter of an hour for these.
  test.each<[string, string]>([
    ["quotes", '"'.repeat(524_288)],
    ["backslashes", `"${"\\".repeat(524_286)}"`],
    ["opening brackets", "[".repeat(524_288)],
    ["closing brackets", "]".repeat(524_288)],
    ["strings and blanks", `[${'"" ,'.repeat(131_000)}""]`],
    ["a string and blanks", `{"a"${" ".repeat(524_000)}:1}`],
    ["many names", `{${Array.from({ length: 50_000 }, (_, at) => `"${at}":1`).join(",")}}`],
  ])("takes 512 KiB of %s in its stride", (_, text) => {
    expect(["boolean"]).toContain(typeof parseJson(bytesOf(text)).ok);
  });
});
