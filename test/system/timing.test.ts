import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { runProgram } from "./program.ts";
import type { TimingReport } from "./programs/timing.ts";
import { bootWorld } from "./world.ts";

const ROUNDS = 250;
/** An account that is not eligible, one that never is, and one that does not exist. */
const USERS = ["mallory", "root", "nobody-here"];

let testbed: Testbed;
let report: TimingReport;

beforeAll(async () => {
  testbed = await bootWorld();
  report = await runProgram<TimingReport>(testbed, "timing", [ROUNDS, ...USERS], { timeoutMs: 100_000 });
});
afterAll(async () => {
  await testbed.shutdown();
});

/** The chance that a time of `a` is longer than one of `b` (the rank test of Mann and Whitney): 0.5 when they are alike. */
function chanceOfLonger(a: readonly number[], b: readonly number[]): number {
  const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
  return pairs.reduce((sum: number, won) => sum + won, 0) / pairs.length;
}

test("who is refused sees the same bytes, whether the account exists, is not eligible, or is root", () => {
  const seen = new Set(Object.values(report.replies).flat());
  expect([...seen]).toEqual([expect.stringContaining('"code":"denied"')]);
});

test.each(USERS.slice(1).map((user) => [user]))(
  "an answer about %s takes as long as one about an account that is not eligible",
  (user) => {
    // Where they are alike, 250 against 250 leave these bounds in one run of ten thousand.
    const chance = chanceOfLonger(report.times[user] ?? [], report.times["mallory"] ?? []);
    expect(chance).toBeGreaterThan(0.4);
    expect(chance).toBeLessThan(0.6);
  },
);
