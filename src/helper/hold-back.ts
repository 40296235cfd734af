import { setTimeout as delay } from "node:timers/promises";

/** A timer may be late by as much, depending on the fraction of a millisecond at which it was set. */
const TIMER_ERROR_MS = 2;

/** Answers that wait for their time, by performance.now(). */
const held = new Map<() => void, number>();
let isSpinning = false;

/** One loop for all of them, however many there are. */
function spin(): void {
  const now = performance.now();
  for (const [release, end] of held) {
    if (end > now) continue;
    held.delete(release);
    release();
  }
  isSpinning = held.size > 0;
  if (isSpinning) setImmediate(spin);
}

/**
 * Resolves at a multiple of a period after a request came: how long a look-up took does not show.
 * Spin for the last 2 ms: timer jitter alone would reveal, after a few hundred samples, which accounts exist.
 */
export async function holdBack(arrivedAt: number, everyMs: number): Promise<void> {
  const spentMs = performance.now() - arrivedAt + TIMER_ERROR_MS;
  const end = arrivedAt + Math.ceil(spentMs / everyMs) * everyMs;
  await delay(end - TIMER_ERROR_MS - performance.now());
  await new Promise<void>((resolve) => {
    held.set(resolve, end);
    if (!isSpinning) spin();
  });
}
