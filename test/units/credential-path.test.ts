import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseServerName, parseUserName } from "../../src/protocol/target.ts";
import { problemOfSets, setPathOf, setsCouldMeet, unitOfSetPath } from "../../src/units/credential-path.ts";
import {
  couldMeet,
  type Owner,
  parsePattern,
  renderPattern,
  type UnitPattern,
} from "../../src/units/pattern.ts";

const parse = (source: string): UnitPattern | string =>
  parsePattern(source, source.includes("{server}") ? ["user", "server"] : ["user"]);

function patternOf(source: string): UnitPattern {
  const pattern = parse(source);
  if (typeof pattern === "string") throw new Error(`${source} ${pattern}`);
  return pattern;
}

/** What systemd makes of `%P@%I`, by the text of systemd.unit(5) and unit_name_unescape() alone. */
function expandSpecifiers(unit: string): string {
  const name = unit.slice(0, unit.lastIndexOf("."));
  const at = name.indexOf("@");
  const unescape = (text: string): string =>
    Buffer.from(
      text
        .replaceAll("-", "/")
        .replace(/\\x([0-9a-f]{2})|([^\\])/gu, (_, hex: string | undefined, plain: string | undefined) =>
          hex === undefined ? encodeURIComponent(plain ?? "").replaceAll("%", "\\") : `\\${hex}`,
        )
        .replace(/\\([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      "latin1",
    ).toString("utf8");
  return at < 0 ? `${unescape(name)}@` : `${unescape(name.slice(0, at))}@${unescape(name.slice(at + 1))}`;
}

// Letters of names that trouble a path: what separates, what nests, what looks like an escape or an extension.
const userText = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "x", "2", "d", "-", "_", ".", "@"), minLength: 1, maxLength: 6 }),
  fc.constantFrom("a-b", "ax2db", "a.service", "a@", "a@a", "a@a-b", "singleuser", "a.b", "A-B"),
);
const serverText = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "x", "2", "d", "-", "_", ".", "é", "e\u0301"), maxLength: 6 }),
  fc.constantFrom("", ".a", "..a", "a-b", "ax2db", "täst", "ta\u0308st", "a.service"),
);
const owner = fc
  .tuple(userText, serverText)
  .map(([user, server]) => ({ user: parseUserName(user), server: parseServerName(server) }))
  .filter((each): each is Owner => each.user !== null && each.server !== null);

const literal = fc.string({ unit: fc.constantFrom("-", "@", ":", ".", "a", "env"), maxLength: 4 });
const pattern = fc
  .tuple(
    fc.constantFrom("abc-", "abc@", "abc--", "abc-.-", "abc-a@", "-abc-", "abc-a-", "abc.service-"),
    literal,
    fc.constantFrom("@", ":", "@a", "@-", "-@", ":a-"),
    literal,
    fc.boolean(),
    fc.boolean(),
  )
  .map(([beginning, before, between, after, isNamed, isTurned]) => {
    const [first, second] = isTurned ? ["{server}", "{user}"] : ["{user}", "{server}"];
    const middle = isNamed ? `${first}${between}${second}` : "{user}";
    return parse(`${beginning}${before}${middle}${after}.service`);
  })
  .filter((each): each is UnitPattern => typeof each !== "string");

const unitOf = (each: UnitPattern, { user, server }: Owner): string | null => {
  const isNamed = each.source.includes("{server}");
  return isNamed === (server !== "") ? renderPattern(each, { user, server }) : null;
};

describe("the path of a set", () => {
  test.each([
    ["jupyterhub-singleuser-zoe.service", "jupyterhub/singleuser/zoe@"],
    ["jupyterhub-singleuser-a\\x2db.service", "jupyterhub/singleuser/a-b@"],
    ["jupyterhub-singleuser-u\\x40realm.service", "jupyterhub/singleuser/u@realm@"],
    ["jupyterhub-singleuser-zoe@gpu\\x2d1.service", "jupyterhub/singleuser/zoe@gpu-1"],
    ["jupyterhub-singleuser-zoe@t\\xc3\\xa4st.service", "jupyterhub/singleuser/zoe@täst"],
    ["jupyterhub-singleuser-zoe@ta\\xcc\\x88st.service", "jupyterhub/singleuser/zoe@ta\u0308st"],
    ["jupyterhub-singleuser-zoe@\\x2ehidden.service", "jupyterhub/singleuser/zoe@.hidden"],
    ["jupyterhub-singleuser@first.last.service", "jupyterhub/singleuser@first.last"],
    ["jupyterhub-singleuser:zoe.service", "jupyterhub/singleuser:zoe@"],
    ["lab@zoe@gpu.service", "lab@zoe@gpu"],
    ["lab@zoe-x.service", "lab@zoe/x"],
  ])("of %s is %s", (unit, path) => {
    expect(setPathOf(unit)).toBe(path);
    expect(expandSpecifiers(unit)).toBe(path);
  });

  test.each([
    "jupyterhub--zoe.service",
    "jupyterhub-.-zoe.service",
    "jupyterhub-..-zoe.service",
    "-jupyterhub-zoe.service",
    "jupyterhub@zoe-.service",
    "jupyterhub@zoe.service.service",
    "jupyterhub-a\\x2f..\\x2fb.service",
    "jupyterhub-a\\x5cb.service",
    "jupyterhub-a\\x20b.service",
    "jupyterhub-a\\x00b.service",
    "jupyterhub-a\\xff.service",
    "jupyterhub-zoe.socket",
  ])("is none for %s", (unit) => {
    expect(setPathOf(unit)).toBeNull();
  });

  test("is what systemd's specifiers spell, without a backslash, for every name of every pattern", () => {
    fc.assert(
      fc.property(pattern, owner, (each, who) => {
        const unit = unitOf(each, who);
        const path = unit === null ? null : setPathOf(unit);
        if (unit === null || path === null) return;
        expect(path).toBe(expandSpecifiers(unit));
        expect(path).not.toMatch(/\\|(^|\/)(\.{0,2})(\/|$)/);
      }),
      { numRuns: 5000 },
    );
  });

  test("gives its unit back, by the pattern that made it", () => {
    fc.assert(
      fc.property(pattern, owner, (each, who) => {
        const unit = unitOf(each, who);
        const path = unit === null ? null : setPathOf(unit);
        if (path !== null) expect(unitOfSetPath(each, path)).toBe(unit);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("two units of patterns that load together", () => {
  test("never share a path, and no set lies in another", () => {
    let compared = 0;
    fc.assert(
      fc.property(pattern, pattern, owner, owner, (left, right, a, b) => {
        if (left.source !== right.source && (couldMeet(left, right) || setsCouldMeet(left, right))) return;
        if (problemOfSets(left) !== null || problemOfSets(right) !== null) return;
        const [one, other] = [unitOf(left, a), unitOf(right, b)];
        if (one === null || other === null || one === other) return;
        const [own, foreign] = [setPathOf(one), setPathOf(other)];
        if (own === null || foreign === null) return;
        compared++;
        expect(own).not.toBe(foreign);
        expect(own.startsWith(`${foreign}/`) || foreign.startsWith(`${own}/`)).toBe(false);
      }),
      { numRuns: 40_000 },
    );
    expect(compared).toBeGreaterThan(1000);
  }, 15000);

  test("share one or nest only where setsCouldMeet says so", () => {
    fc.assert(
      fc.property(pattern, pattern, owner, owner, (left, right, a, b) => {
        const [one, other] = [unitOf(left, a), unitOf(right, b)];
        const own = one === null ? null : setPathOf(one);
        const foreign = other === null ? null : setPathOf(other);
        if (own === null || foreign === null || left.source === right.source) return;
        if (own === foreign || own.startsWith(`${foreign}/`)) expect(setsCouldMeet(left, right)).toBe(true);
      }),
      { numRuns: 40_000 },
    );
  }, 15000);
});

describe("setsCouldMeet", () => {
  test.each([
    ["abc-{user}.service", "abc-{user}@{server}.service", false],
    ["abc@{user}.service", "abc@{user}@{server}.service", true],
    ["abc-{user}.service", "abc-a@{user}.service", true],
    ["abc-{user}.service", "abc-{user}-lab.service", true],
    ["abc-{user}.service", "abc-lab-{user}.service", false],
    ["abc@{user}.service", "abc@{user}-lab.service", true],
    ["abc@{user}.service", "abc-{user}.service", false],
    ["abc-{user}@{server}.service", "abc-{user}:{server}.service", false],
    ["jupyterhub-singleuser-{user}@{server}.service", "jupyterhub-unitgenerator@{user}.service", false],
  ])("of %s and %s is %s", (a, b, meet) => {
    expect(setsCouldMeet(patternOf(a), patternOf(b))).toBe(meet);
    expect(setsCouldMeet(patternOf(b), patternOf(a))).toBe(meet);
  });
});

describe("problemOfSets", () => {
  test.each([
    ["abc--{user}.service", /abc\/\/\{user\}@, with an empty component/],
    ["-abc-{user}.service", /an empty component/],
    ["abc@{user}-.service", /an empty component/],
    ["abc-.-{user}.service", /a component "\." or "\.\."/],
    ["abc-..-{user}.service", /a component "\." or "\.\."/],
    ["abc.service-{user}.service", /a first component that ends in \.service/],
  ])("refuses %s", (source, problem) => {
    expect(problemOfSets(patternOf(source))).toMatch(problem);
  });

  test.each([
    "abc-{user}.service",
    "abc@{user}.service",
    "abc-{server}@{user}.service",
    "abc-@{user}.service",
  ])("takes %s", (source) => {
    expect(problemOfSets(patternOf(source))).toBeNull();
  });
});
