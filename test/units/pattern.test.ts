import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseServerName, parseUserName } from "../../src/protocol/target.ts";
import { couldMeet, globOf, matchPattern, parsePattern, renderPattern } from "../../src/units/pattern.ts";
import type { Owner, UnitPattern } from "../../src/units/pattern.ts";

const patternOf = (source: string): UnitPattern => {
  const placeholders = source.includes("{server}") ? (["user", "server"] as const) : (["user"] as const);
  const pattern = parsePattern(source, placeholders);
  if (typeof pattern === "string") throw new Error(`${source} ${pattern}`);
  return pattern;
};

const ownerOf = (user: string, server: string): Owner | null => {
  const owner = { user: parseUserName(user), server: parseServerName(server) };
  return owner.user === null || owner.server === null ? null : { user: owner.user, server: owner.server };
};

// Letters of names that trouble a naive escaping: what separates, what escapes, what looks escaped.
const userText = fc.string({
  unit: fc.constantFrom("a", "x", "2", "d", "-", "_", ".", "@"),
  minLength: 1,
  maxLength: 8,
});
const serverText = fc.string({
  unit: fc.constantFrom("a", "x", "2", "d", "-", "_", ".", "é", "日", "e\u0301"),
  maxLength: 8,
});
const owner = fc
  .tuple(userText, serverText)
  .map(([user, server]) => ownerOf(user, server))
  .filter((each) => each !== null);

const PLAIN = patternOf("jupyterhub-singleuser-{user}.service");
const NAMED = patternOf("jupyterhub-singleuser-{user}@{server}.service");
const nameOf = (each: Owner): string | null => renderPattern(each.server === "" ? PLAIN : NAMED, each);

describe("a unit name", () => {
  test("belongs to one target: of 10^5 pairs, no two different ones share it", () => {
    fc.assert(
      fc.property(owner, owner, (a, b) => {
        expect(nameOf(a) === nameOf(b)).toBe(a.user === b.user && a.server === b.server);
      }),
      { numRuns: 100_000 },
    );
  }, 120_000);

  test("gives its target back, by its own pattern alone", () => {
    fc.assert(
      fc.property(owner, (each) => {
        const name = nameOf(each) ?? "";
        const [own, other] = each.server === "" ? [PLAIN, NAMED] : [NAMED, PLAIN];
        expect(matchPattern(own, name)).toEqual(each);
        expect(matchPattern(other, name)).toBeNull();
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test("is one that systemd takes", () => {
    fc.assert(
      fc.property(owner, (each) => {
        expect(nameOf(each)).toMatch(/^[A-Za-z0-9:_.\\-]+(?:@[A-Za-z0-9:_.\\-]+)?\.service$/);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    "jupyterhub-singleuser-.service",
    "jupyterhub-singleuser-a\\x61.service",
    "jupyterhub-singleuser-a-b.service",
    "jupyterhub-singleuser-1000.service",
    "jupyterhub-singleuser-\\x2ea.service",
    "jupyterhub-singleuser-a@.service",
    "jupyterhub-singleuser-a@b@c.service",
    "xjupyterhub-singleuser-a.service",
    "jupyterhub-singleuser-a.service\n",
    "jupyterhub-singleuser-a.socket",
    "ssh.service",
  ])("is taken for a target only when it is escaped identically: not %j", (name) => {
    expect([matchPattern(PLAIN, name), matchPattern(NAMED, name)]).toEqual([null, null]);
  });

  test("may have 255 characters and no more", () => {
    const each = ownerOf("zoe", "é".repeat(26));
    if (each === null) throw new Error("the target is malformed");
    const room = 255 - (renderPattern(NAMED, each)?.length ?? 0);
    const filler = (length: number): UnitPattern =>
      patternOf(`${"u".repeat(length)}-{user}@{server}.service`);
    const literal = "jupyterhub-singleuser".length;
    expect(renderPattern(filler(literal + room), each)).toHaveLength(255);
    expect(renderPattern(filler(literal + room + 1), each)).toBeNull();
  });
});

describe("parsePattern", () => {
  test.each<[string, readonly ("user" | "server")[], RegExp]>([
    ["abc{user}.service", ["user"], /four literal characters/],
    ["ab-{user}.service", ["user"], /four literal characters/],
    ["{user}-abcd.service", ["user"], /four literal characters/],
    ["abcd-{user}", ["user"], /must end in/],
    ["abcd-{user}.service.d", ["user"], /must end in/],
    ["abcd-{user}@.service", ["user"], /must name an instance/],
    ["abcd-.service", ["user"], /\{user\} once/],
    ["abcd-{user}@{user}.service", ["user"], /\{user\} once/],
    ["abcd-{user}@{server}.service", ["user"], /no place for \{server\}/],
    ["abcd-{user}.service", ["user", "server"], /\{server\} once/],
    ["abcd-{user}{server}.service", ["user", "server"], /apart/],
    ["abcd-{user}-{server}.service", ["user", "server"], /apart/],
    ["abcd-{usr}.service", ["user"], /may hold only/],
    ["abcd-*{user}.service", ["user"], /may hold only/],
    ["abcd/-{user}.service", ["user"], /may hold only/],
    ["abcd-%i{user}.service", ["user"], /may hold only/],
    ["abcd-\\x2d{user}.service", ["user"], /may hold only/],
    ["", ["user"], /\{user\} once/],
  ])("refuses %j", (source, placeholders, problem) => {
    expect(parsePattern(source, placeholders)).toMatch(problem);
  });

  test.each([
    "abc-{user}.service",
    "abcd@{user}.service",
    "abcd-{server}@{user}.service",
    "a-b-{user}:{server}.service",
  ])("takes %j", (source) => {
    expect(patternOf(source).source).toBe(source);
  });
});

test("a glob matches every name of its pattern", () => {
  expect(globOf(NAMED)).toBe("jupyterhub-singleuser-*@*.service");
});

describe("couldMeet", () => {
  test.each([
    ["abc-{user}.service", "abc-{user}.service", true],
    ["abc-{user}.service", "abc-{user}@{server}.service", false],
    ["abc-{user}.service", "abc-{user}_x.service", true],
    ["abc-{user}.service", "abc-d-{user}.service", false],
    ["abc-{user}.service", "abd-{user}.service", false],
    ["abc-{user}@{server}.service", "abc-{server}@{user}.service", true],
    ["abc-{user}@{server}.service", "abc-{user}:{server}.service", false],
    ["abc-{user}.service", "abc-{user}.service.service", true],
    ["jupyterhub-singleuser-{user}.service", "jupyterhub-unitgenerator@{user}.service", false],
  ])("of %s and %s is %s", (a, b, meet) => {
    expect(couldMeet(patternOf(a), patternOf(b))).toBe(meet);
    expect(couldMeet(patternOf(b), patternOf(a))).toBe(meet);
  });

  // Every name that short targets make, against each other.
  const users = ["a", "_", "a.", "aa", "a-", "a@", "_a", "a_", "a.service", "x2d", "a.a"];
  const servers = ["a", "_", ".a", "-", "aa", "x2d", ".service", "a.service"];
  const owners = users.flatMap((user) => servers.flatMap((server) => ownerOf(user, server) ?? []));
  const namesOf = (pattern: UnitPattern): Set<string> =>
    new Set(owners.flatMap((each) => renderPattern(pattern, each) ?? []));

  const literal = fc.string({ unit: fc.constantFrom("a", "_", "."), maxLength: 2 });
  const source = fc
    .tuple(fc.constantFrom("aaa-", "aaa@"), literal, fc.constantFrom("", "@", ":"), literal, fc.boolean())
    .map(([start, between, mark, end, isSwapped]) => {
      const [one, two] = isSwapped ? ["{server}", "{user}"] : ["{user}", "{server}"];
      return mark === ""
        ? `${start}{user}${end}.service`
        : `${start}${one}${between}${mark}${two}${end}.service`;
    })
    .filter(
      (each) =>
        typeof parsePattern(each, each.includes("{server}") ? ["user", "server"] : ["user"]) !== "string",
    );

  test("is true wherever two patterns do yield the same name", () => {
    let met = 0;
    fc.assert(
      fc.property(source, source, (a, b) => {
        const [left, right] = [patternOf(a), patternOf(b)];
        const names = namesOf(left);
        if (![...namesOf(right)].some((name) => names.has(name))) return;
        met++;
        expect([a, b, couldMeet(left, right)]).toEqual([a, b, true]);
      }),
      { numRuns: 3000 },
    );
    expect(met).toBeGreaterThan(20);
  });
});
