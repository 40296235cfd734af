import type { RawUnit } from "./raw-unit.ts";

export type JobVerdict = "ok" | "failed" | "interrupted";

/** What became of a start: `done` alone does not say, since it also covers a unit that died or was skipped. */
export function judgeStart(jobResult: string, raw: RawUnit): JobVerdict {
  if (jobResult === "canceled") return "interrupted";
  if (jobResult !== "done" || raw.ActiveState === "failed") return "failed";
  if (raw.ActiveState !== "inactive") return "ok";
  const unmet = !raw.ConditionResult && raw.ConditionTimestampMonotonic > 0;
  return unmet || raw.Result !== "success" ? "failed" : "ok";
}

/** A stop is done when the unit is down, however it went down. */
export const judgeStop = (jobResult: string | null): JobVerdict =>
  jobResult === null || jobResult === "done" ? "ok" : jobResult === "canceled" ? "interrupted" : "failed";

/** Whether a unit whose start was well has died since. A oneshot is meant to end. */
export const hasDied = (atStart: RawUnit, now: RawUnit): boolean =>
  now.ActiveState === "failed" ||
  (now.Type !== "oneshot" &&
    (now.ActiveState === "inactive" || now.SubState === "auto-restart" || now.NRestarts > atStart.NRestarts));
