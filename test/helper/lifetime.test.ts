import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isOver, type SetRecord, UNSTARTED_MS } from "../../src/helper/credentials/lifetime.ts";
import type { UnitGlance } from "../../src/units/raw-unit.ts";

const WRITTEN_MS = 1_000_000;
const written = (set: Partial<SetRecord> = {}): SetRecord => ({
  generation: 4711,
  writtenAtMs: WRITTEN_MS,
  invocationId: "",
  started: false,
  ...set,
});
const unit = (glance: Partial<UnitGlance> = {}): UnitGlance => ({
  Id: "jupyterhub-singleuser-zoe.service",
  ActiveState: "inactive",
  InvocationID: "",
  Job: 0,
  ...glance,
});
const SOON_MS = WRITTEN_MS + 1;
const TEN_MINUTES_MS = 600_000;

describe("a set that was never started", () => {
  test("goes after ten minutes, and not before, whether its unit is in memory or not", () => {
    expect(UNSTARTED_MS).toBe(TEN_MINUTES_MS);
    for (const seen of [null, unit(), unit({ ActiveState: "failed" })]) {
      expect(isOver(written(), seen, SOON_MS)).toBe(false);
      expect(isOver(written(), seen, WRITTEN_MS + TEN_MINUTES_MS - 1)).toBe(false);
      expect(isOver(written(), seen, WRITTEN_MS + TEN_MINUTES_MS)).toBe(true);
    }
  });

  test("stays with a unit that ended before the set was written, and shows the invocation of then", () => {
    const set = written({ invocationId: "aa" });
    expect(isOver(set, unit({ ActiveState: "failed", InvocationID: "aa" }), SOON_MS)).toBe(false);
    expect(isOver(set, unit({ InvocationID: "" }), SOON_MS)).toBe(false);
  });
});

describe("a set that was started", () => {
  test("goes when its unit has ended, or is not in memory any more", () => {
    for (const seen of [null, unit(), unit({ ActiveState: "failed" })]) {
      expect(isOver(written({ started: true }), seen, SOON_MS)).toBe(true);
    }
  });

  test("by somebody else goes as well: the unit shows another invocation", () => {
    expect(isOver(written({ invocationId: "aa" }), unit({ InvocationID: "bb" }), SOON_MS)).toBe(true);
  });

  test("stays while its unit is inactive on its way through an automatic restart", () => {
    expect(isOver(written({ started: true }), unit({ Job: 12 }), SOON_MS)).toBe(false);
  });
});

test("no set goes while its unit is neither inactive nor failed, or has a job queued, however old it is", () => {
  const states = ["active", "activating", "deactivating", "reloading", "maintenance"];
  fc.assert(
    fc.property(
      fc.record({ started: fc.boolean(), invocationId: fc.constantFrom("", "aa") }),
      fc.oneof(
        fc.record({ ActiveState: fc.constantFrom(...states), InvocationID: fc.constantFrom("", "aa", "bb") }),
        fc.record({ ActiveState: fc.constantFrom("inactive", "failed"), Job: fc.integer({ min: 1 }) }),
      ),
      fc.nat(),
      (set, glance, laterMs) => !isOver(written(set), unit(glance), WRITTEN_MS + laterMs),
    ),
  );
});
