import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseUserName, type UserName } from "../../src/protocol/target.ts";
import { findMeetings, parseTemplateName, unitNameFor } from "../../src/unit-generator/template-name.ts";
import type { UnitPattern } from "../../src/units/pattern.ts";

const nameOf = (source: string): UnitPattern => {
  const name = parseTemplateName(source);
  if (name === null) throw new Error(source);
  return name;
};

describe("the name of a template", () => {
  test.each<[string, string, string]>([
    ["jupyterhub-singleuser-{user}.service", "zoe", "jupyterhub-singleuser-zoe.service"],
    ["jupyterhub-singleuser-{user}@.service", "a-b", "jupyterhub-singleuser-a\\x2db@.service"],
    ["jupyterhub-singleuser-{user}.slice", "u@realm", "jupyterhub-singleuser-u\\x40realm.slice"],
    ["notebook@{user}.service", "first.last", "notebook@first.last.service"],
    ["hub-{user}-proxy.service", "x_1", "hub-x_1-proxy.service"],
    ["hub-{user}-gpu.slice", "zoe", "hub-zoe-gpu.slice"],
  ])("%s stands for a unit of %s", (source, user, unit) => {
    expect(unitNameFor(nameOf(source), user as UserName)).toBe(unit);
  });

  test.each([
    "{user}.service",
    "{user}@.service",
    "ab-{user}.service",
    "notebook{user}.service",
    "notebook.{user}.service",
    "hub-{user}{user}.service",
    "hub-{user}-{server}.service",
    "hub-{user}.gpu.service",
    "hub-{user}x.service",
    "hub-{user}@gpu.service",
    "notebook@{user}@.service",
    "notebook@{user}.slice",
    "hub--{user}.slice",
    "-hub-{user}.slice",
    "hub-{user}@.slice",
    "hub-{user}.socket",
    "hub-{user}.service.d",
    "hub-{USER}.service",
    "hub-zoe.service",
    "hub é-{user}.service",
    "hub-\n-{user}.service",
    "jupyterhub-{user}.service\n",
  ])("is not %j", (source) => {
    expect(parseTemplateName(source)).toBeNull();
  });

  test("never makes one unit for two users, or one that is longer than systemd allows", () => {
    const sources = [
      "hubs-{user}.service",
      "hubs-{user}@.service",
      "hubs-{user}-x.service",
      "hubs-{user}.slice",
    ];
    const user = fc
      .string({ unit: fc.constantFrom("a", "x", "2", "d", "-", "_", ".", "@"), minLength: 1, maxLength: 64 })
      .map(parseUserName)
      .filter((each) => each !== null);
    const made = fc.tuple(fc.constantFrom(...sources), user);
    fc.assert(
      fc.property(made, made, ([a, one], [b, other]) => {
        const [first, second] = [unitNameFor(nameOf(a), one), unitNameFor(nameOf(b), other)];
        expect(first === null || first.length <= 255).toBe(true);
        if (first !== null && first === second) expect([a, one]).toEqual([b, other]);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("two templates", () => {
  test.each([
    ["hubs-{user}.service", "hubs-{user}@.service", false],
    ["hubs-{user}.service", "hubs-{user}.slice", false],
    ["hubs-{user}.service", "hubs-{user}-x.service", false],
    ["hubs-{user}.service", "hubs-x-{user}.service", false],
    ["hubs-{user}.service", "hubs-{user}:x.service", false],
    ["hubs-{user}-x.service", "hubs-a-{user}-x.service", false],
    ["hubs-{user}-x.service", "hubs-a-{user}.service", true],
    ["hubs-{user}@.service", "hubs-{user}-x@.service", false],
  ])("%s and %s: whether they could make one unit for two users", (a, b, meet) => {
    expect(findMeetings([nameOf(a), nameOf(b)]).length > 0).toBe(meet);
  });
});
