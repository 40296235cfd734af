import { describe, expect, test } from "@jest/globals";
import type { UserName } from "../../src/protocol/target.ts";
import { type Known, someOf, whyGone } from "../../src/unit-generator/clean-up.ts";

const origin = { uid: 1001, user: "zoe" as UserName, template: "/etc/hub-helper/units/hub-{user}.service" };
const entry = (name: string, uid: number): Known => ({ name, uid, home: "/home/zoe" });

describe("a unit", () => {
  test.each<[string, Known, string | null]>([
    ["stays with its account", entry("zoe", 1001), null],
    ["stays while nobody can say", "unknown", null],
    ["stays where the entry is of another name", entry("Zoe", 1005), null],
    ["goes with its account", null, 'there is no account "zoe" any more'],
    ["goes when the account has another uid", entry("zoe", 1005), '"zoe" has another uid by now'],
  ])("%s", (_, account, why) => {
    expect(whyGone(origin, account)).toBe(why);
  });
});

describe("of thousands of units", () => {
  test("a run looks at so many, from a place on and round", () => {
    expect(someOf([0, 1, 2, 3, 4], 3, 4)).toEqual([3, 4, 0, 1]);
    expect(someOf([0, 1], 1, 512)).toEqual([1, 0]);
    expect(someOf([], 0, 512)).toEqual([]);
  });
});
