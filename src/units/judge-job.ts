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

/**
 * Whether systemd refused a start before anything of the unit ran: its start limit does that. A unit that had failed
 * keeps the Result of that failure then, so that its times have to tell (service_enter_dead() in service.c).
 * @param askedAtMs when systemd was asked for the start, of CLOCK_MONOTONIC
 */
export const isStartLimit = (jobResult: string, raw: RawUnit, askedAtMs: number): boolean =>
  jobResult === "failed" &&
  raw.ActiveState === "failed" &&
  raw.InactiveEnterTimestampMonotonic < askedAtMs * 1000;

/** A stop is done when the unit is down, however it went down. */
export const judgeStop = (jobResult: string | null): JobVerdict =>
  jobResult === null || jobResult === "done" ? "ok" : jobResult === "canceled" ? "interrupted" : "failed";

/** Whether a unit whose start was well has died since. A oneshot is meant to end. */
export const hasDied = (atStart: RawUnit, now: RawUnit): boolean =>
  now.ActiveState === "failed" ||
  (now.Type !== "oneshot" &&
    (now.ActiveState === "inactive" || now.SubState === "auto-restart" || now.NRestarts > atStart.NRestarts));
