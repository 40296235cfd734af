import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runProgram } from "./program.ts";
import type { BesideReport } from "./programs/timing-beside.ts";
import type { TimingReport } from "./programs/timing.ts";
import { setStage } from "./stage.ts";

const ROUNDS = 40;
/** One that is not eligible, and one that does not exist: a directory is asked about the second alone. */
const KNOWN = "mallory";
const UNKNOWN = "nobody-here";

const stage = setStage();

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.run([
    ...["systemd-run", "--unit=slow-directory", "--property=Type=notify", "--property=NotifyAccess=all"],
    ...["python3", "/opt/clients/slow_directory.py"],
  ]);
  const slow = await testbed.run(["sh", "-c", `date +%s%N; getent passwd ${UNKNOWN}; date +%s%N`], {
    check: false,
  });
  const [began = 0, ended = 0] = slow.stdout.trim().split("\n").map(Number);
  expect((ended - began) / 1e6).toBeGreaterThan(50);
});

afterAll(async () => {
  await stage.testbed.run(["systemctl", "stop", "slow-directory.service"]);
});

/** The chance that a time of `a` is longer than one of `b`: 0.5 when they are alike. */
function chanceOfLonger(a: readonly number[] = [], b: readonly number[] = []): number {
  const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
  return pairs.reduce((sum: number, won) => sum + won, 0) / pairs.length;
}

test("a refusal takes as long for an account that a slow directory is asked about as for one that it is not", async () => {
  const { times } = await runProgram<TimingReport>(stage.testbed, "timing", [ROUNDS, KNOWN, UNKNOWN]);
  const chance = chanceOfLonger(times[UNKNOWN], times[KNOWN]);
  expect(chance).toBeGreaterThan(0.2);
  expect(chance).toBeLessThan(0.8);
});

test("what is asked for behind refusals takes as long whether the directory was asked for them or not", async () => {
  const { times } = await runProgram<BesideReport>(stage.testbed, "timing-beside", [
    ...[ROUNDS, "zoe", KNOWN, UNKNOWN],
  ]);
  const chance = chanceOfLonger(times[UNKNOWN], times[KNOWN]);
  expect(chance).toBeGreaterThan(0.2);
  expect(chance).toBeLessThan(0.8);
});
