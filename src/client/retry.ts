import { BusyError, ConnectError, ConnectionLostError, UnavailableError } from "./error-classes.ts";
import type { Pace } from "./types.ts";

export const DEFAULT_PACE: Pace = { baseMs: 20, maxMs: 1000 };

/** How often one call may fail with a code before it gives up. */
const MAX_TRIES = { "connection-lost": 20, "cannot-connect": 8, unavailable: 8 };

/** The socket may be on its way back. */
const PASSING = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET"]);
/** The socket's queue is full (unix(7)): its owner is there, or systemd is starting it. */
const QUEUE_FULL = "EAGAIN";

/** Doubles from `baseMs` to `maxMs`; the jitter takes away up to half, so that callers do not march in step. */
export const backoffMs = (tries: number, { baseMs, maxMs }: Pace, random: number): number =>
  Math.min(maxMs, baseMs * 2 ** (tries - 1)) * (1 - random / 2);

/**
 * What to do about a failed attempt: the pause before the next one in milliseconds, or null for giving up.
 * What the helper, or its socket's queue, is too busy for is tried until the call's time is over.
 * Only what is safe to repeat is repeated: every verb of the protocol may be carried out twice without harm.
 * @param tries how often this call has failed with this code, this time included
 * @param random from 0 up to 1
 */
export function retryDelayMs(error: unknown, tries: number, pace: Pace, random: number): number | null {
  if (error instanceof BusyError) {
    const { retryAfterMs } = error.details;
    return (retryAfterMs > pace.baseMs ? retryAfterMs : pace.baseMs) * (1 + random);
  }
  if (error instanceof ConnectionLostError) return afterLoss(tries, pace, random);
  if (error instanceof ConnectError) {
    const { reason } = error.details;
    const again = PASSING.has(reason) && tries < MAX_TRIES["cannot-connect"];
    return again || reason === QUEUE_FULL ? backoffMs(tries, pace, random) : null;
  }
  if (error instanceof UnavailableError) {
    if (error.details.outcome === "unknown") return afterLoss(tries, pace, random);
    const again = error.details.problem !== "policy" && tries < MAX_TRIES.unavailable;
    return again ? backoffMs(tries, pace, random) : null;
  }
  return null;
}

// The first time at once: a helper that exits while a request is on its way is an everyday thing.
function afterLoss(tries: number, pace: Pace, random: number): number | null {
  if (tries === 1) return 0;
  return tries < MAX_TRIES["connection-lost"] ? backoffMs(tries - 1, pace, random) : null;
}

/** Whether the attempt that failed so is certain to have changed nothing. */
export const didNothing = (error: unknown): boolean =>
  error instanceof BusyError || (error instanceof UnavailableError && error.details.outcome === "none");
