import type { Decision } from "../log/pairing.ts";
import type { ShownJob } from "./shown.ts";

/** The verbs that queue a job. */
const JOBS = new Set(["start", "stop"]);

/** The last start or stop that the helper was asked for and allowed. */
export function lastJob(decisions: readonly Decision[]): ShownJob | null {
  const last = decisions.findLast(
    ({ record }) => JOBS.has(record.method) && (record.event === "begin" || record.decision === "allowed"),
  );
  if (last === undefined) return null;
  const { record } = last;
  const { method: type, time } = record;
  return record.event === "begin"
    ? { kind: "asked", type, time, outcome: null, durationMs: null }
    : { kind: "asked", type, time, outcome: record.outcome, durationMs: record.durationMs };
}
