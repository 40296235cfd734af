import { describe, expect, test } from "@jest/globals";
import { hintOf } from "../../src/units/hint.ts";
import { hasDied, isStartLimit, judgeStart, judgeStop } from "../../src/units/judge-job.ts";
import type { RawUnit } from "../../src/units/raw-unit.ts";
import { rawUnit } from "./raw-units.ts";

const failed = (changes: Partial<RawUnit>): RawUnit =>
  rawUnit({ ActiveState: "failed", SubState: "failed", ...changes });
const inactive = (changes: Partial<RawUnit> = {}): RawUnit =>
  rawUnit({ ActiveState: "inactive", SubState: "dead", ...changes });

describe("judgeStart", () => {
  test.each<[string, string, RawUnit, string]>([
    ["a server that runs", "done", rawUnit(), "ok"],
    ["a oneshot that ended well", "done", inactive({ Type: "oneshot" }), "ok"],
    [
      "a server that waits for its restart",
      "done",
      rawUnit({ ActiveState: "activating", SubState: "auto-restart" }),
      "ok",
    ],
    ["a unit that failed although its job is done", "done", failed({ Result: "exit-code" }), "failed"],
    ["an unmet condition", "done", inactive({ ConditionResult: false }), "failed"],
    ["an ExecCondition that said no", "done", inactive({ Result: "exec-condition" }), "failed"],
    ["a job that failed", "failed", failed({ Result: "timeout" }), "failed"],
    ["a job that was cancelled", "canceled", inactive(), "interrupted"],
  ])("calls %s (%s) what it is", (_, jobResult, raw, verdict) => {
    expect(judgeStart(jobResult, raw)).toBe(verdict);
  });
});

test("a failed start of a unit that has been failed all along met the start limit", () => {
  const raw = failed({ Result: "exit-code", InactiveEnterTimestampMonotonic: 5_000_000 });
  expect(isStartLimit("failed", raw, 5_001)).toBe(true);
  expect(isStartLimit("failed", raw, 4_999)).toBe(false);
  expect(isStartLimit("dependency", raw, 5_001)).toBe(false);
});

describe("judgeStop", () => {
  test.each([
    [null, "ok"],
    ["done", "ok"],
    ["canceled", "interrupted"],
    ["timeout", "failed"],
  ])("calls the job result %s %s", (jobResult, verdict) => {
    expect(judgeStop(jobResult)).toBe(verdict);
  });
});

describe("hasDied", () => {
  test.each<[string, RawUnit, boolean]>([
    ["still runs", rawUnit(), false],
    ["failed", failed({}), true],
    ["ended", inactive(), true],
    ["waits for its restart", rawUnit({ ActiveState: "activating", SubState: "auto-restart" }), true],
    ["was restarted", rawUnit({ NRestarts: 1 }), true],
    ["is a oneshot that ended", inactive({ Type: "oneshot" }), false],
    ["is a oneshot that failed", failed({ Type: "oneshot" }), true],
  ])("is asked of a unit that %s", (_, now, died) => {
    expect(hasDied(rawUnit({ Type: now.Type }), now)).toBe(died);
  });
});

describe("hintOf", () => {
  const exit = (status: number): RawUnit => failed({ Result: "exit-code", ExecMainStatus: status });

  test.each<[string, string, RawUnit, RegExp]>([
    ["203", "failed", exit(203), /program could not be run/],
    ["216", "failed", exit(216), /group does not exist/],
    ["217", "failed", exit(217), /account does not exist/],
    ["226", "failed", exit(226), /sandbox/],
    ["243", "failed", exit(243), /credentials/],
    ["127 of the wrapper's shell", "done", exit(127), /it is missing/],
    ["126 of the wrapper's shell", "done", exit(126), /may not execute/],
    ["the program's own status", "failed", exit(1), /with status 1/],
    ["start-limit-hit", "failed", failed({ Result: "start-limit-hit" }), /too often/],
    ["oom-kill", "failed", failed({ Result: "oom-kill" }), /more memory than it may/],
    ["a time-out of the unit", "failed", failed({ Result: "timeout" }), /in time/],
    ["a signal", "failed", failed({ Result: "signal" }), /signal/],
    ["an unmet condition", "done", inactive({ ConditionResult: false }), /condition/],
    ["a dependency", "dependency", inactive({}), /depends on/],
    ["an assertion", "assert", inactive({}), /assertion/],
    ["a death within settle_ms", "done", inactive({}), /right after it was started/],
    [
      "a step before the start",
      "failed",
      failed({
        Result: "exit-code",
        ExecLines: [{ directive: "ExecStartPre", path: "/bin/false", flags: [], status: 7 }],
      }),
      /step before .* status 7/,
    ],
  ])("explains %s in one sentence", (_, jobResult, raw, sentence) => {
    const hint = hintOf(jobResult, raw);
    expect(hint).toMatch(sentence);
    expect(hint).toMatch(/^[A-Zs][^\n]*\.$/);
  });
});
