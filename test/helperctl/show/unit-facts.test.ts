import { describe, expect, test } from "@jest/globals";
import { boundOf } from "../../../src/helperctl/show/bounds.ts";
import { lastJob } from "../../../src/helperctl/show/last-job.ts";
import { isRunning } from "../../../src/helperctl/show/running.ts";
import { jobPathOf, sliceOf, toResources, toShownUnit } from "../../../src/helperctl/show/unit-facts.ts";
import { allowed, begun, refused } from "../log/records.ts";
import { shownUnit, sliceOf as shownSlice } from "./shown.ts";

const INFINITY = 2n ** 64n - 1n;

describe("what PID 1 says of a unit", () => {
  test("is turned into bytes, tasks, seconds and CPUs", () => {
    const properties = {
      MemoryCurrent: 1024n,
      MemoryMax: 4096n,
      MemoryHigh: 2048n,
      MemoryPeak: 3000n,
      TasksCurrent: 7n,
      TasksMax: 512n,
      CPUUsageNSec: 1_500_000_000n,
      CPUQuotaPerSecUSec: 2_000_000n,
    };
    expect(toResources(properties)).toEqual({
      memory: { used: 1024, limit: 4096, high: 2048, peak: 3000 },
      tasks: { used: 7, limit: 512 },
      cpu: { used: 1.5, limit: 2 },
    });
  });

  test("is null where it is infinity, and where this systemd has no such property", () => {
    const properties = {
      MemoryCurrent: INFINITY,
      MemoryMax: INFINITY,
      TasksMax: INFINITY,
      CPUUsageNSec: INFINITY,
    };
    expect(toResources(properties)).toEqual({
      memory: { used: null, limit: null, high: null, peak: null },
      tasks: { used: null, limit: null },
      cpu: { used: null, limit: null },
    });
  });

  test("may be next to nothing, as of a unit that is not found", () => {
    expect(toShownUnit({ Description: "a.service", Slice: "", StateChangeTimestamp: 0n })).toMatchObject({
      description: "a.service",
      fragmentPath: null,
      dropInPaths: [],
      slice: null,
      stateChanged: null,
    });
  });

  test("has the time of its last change", () => {
    const { stateChanged } = toShownUnit({ StateChangeTimestamp: 1_893_553_445_000_000n });
    expect(stateChanged).toBe("2030-01-02T03:04:05.000Z");
  });

  test("has a slice unless it is the root of all slices, and a job when one is queued", () => {
    expect(sliceOf({ Slice: "a.slice" })).toBe("a.slice");
    expect(sliceOf({ Slice: "" })).toBeNull();
    expect(jobPathOf({ Job: [0, "/"] })).toBeNull();
    expect(jobPathOf({ Job: [7, "/org/freedesktop/systemd1/job/7"] })).toBe(
      "/org/freedesktop/systemd1/job/7",
    );
    expect(jobPathOf({})).toBeNull();
  });
});

describe("the limit that holds", () => {
  const tasks = (limit: number | null) => ({ tasks: { used: 90, limit } });

  test.each([
    ["the unit's own, where it is the lowest", 10, [20, null], { limit: 10, slice: null }],
    ["the slice's, where that is lower", 10, [5, null], { limit: 5, slice: "0.slice" }],
    ["a slice's, where the unit has none", null, [null, 7], { limit: 7, slice: "1.slice" }],
    ["none, where nothing limits it", null, [null, null], { limit: null, slice: null }],
  ])("is %s, with the unit's own use", (_, own, above, expected) => {
    const unit = shownUnit({ tasks: { used: 3, limit: own } });
    const slices = above.map((limit, at) => shownSlice(`${at}.slice`, tasks(limit)));
    expect(boundOf(unit, slices, "tasks")).toEqual({ used: 3, ...expected });
  });
});

describe("the last job", () => {
  const ended = (record: Parameters<typeof lastJob>[0][number]["record"]) => ({
    record,
    fate: "ended" as const,
  });

  test("is the last start or stop that was allowed", () => {
    const records = [
      allowed({ method: "stop", outcome: "job-timeout", durationMs: 7 }),
      refused({ method: "start" }),
      allowed({ method: "write-credentials" }),
    ];
    expect(lastJob(records.map(ended))).toMatchObject({
      type: "stop",
      outcome: "job-timeout",
      durationMs: 7,
    });
  });

  test("has no outcome when it was only begun", () => {
    expect(lastJob([{ record: begun(), fate: "lost" }])).toMatchObject({ type: "start", outcome: null });
  });

  test("is none where the log has none", () => {
    expect(lastJob([ended(refused())])).toBeNull();
  });
});

test.each([
  ["active", true],
  ["activating", true],
  ["reloading", true],
  ["deactivating", true],
  ["inactive", false],
  ["failed", false],
])("a server that is %s runs: %j", (activeState, runs) => {
  expect(isRunning({ activeState })).toBe(runs);
});
