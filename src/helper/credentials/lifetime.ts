import type { UnitGlance } from "../../units/raw-unit.ts";
import { isAtRest } from "../../units/raw-unit.ts";

/** What is remembered of a staged set, beside its bytes. */
export interface SetRecord {
  /** Which set: the inode of its directory. A later one has another. */
  readonly generation: number;
  /** CLOCK_MONOTONIC, in milliseconds: the wall clock may step. */
  readonly writtenAtMs: number;
  /** The invocation that the unit was in when the set was written; empty for none. */
  readonly invocationId: string;
  /** Whether PID 1 took a start from us since. */
  readonly started: boolean;
  /** Who staged it; a helper before this one did not note that. */
  readonly peerUid?: number | undefined;
}

/** How long a set waits for its first start, in milliseconds. */
export const UNSTARTED_MS = 10 * 60 * 1000;

/** A start that somebody else asked for shows as another invocation. */
export const wasStarted = (set: SetRecord, unit: UnitGlance | null): boolean =>
  set.started || (unit !== null && unit.InvocationID !== "" && unit.InvocationID !== set.invocationId);

/**
 * Whether a set has served its time. Never while its unit runs or has a job queued: an automatic restart reads the
 * set again.
 * @param unit null when it is not loaded
 */
export const isOver = (set: SetRecord, unit: UnitGlance | null, nowMs: number): boolean =>
  (unit === null || isAtRest(unit)) && (wasStarted(set, unit) || nowMs - set.writtenAtMs >= UNSTARTED_MS);
