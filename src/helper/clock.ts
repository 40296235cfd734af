/** CLOCK_MONOTONIC in milliseconds: it never steps, and outlives the process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** The same clock, fine enough to tell which of two came first, for a time of this process's performance.now(). */
export const preciseMs = (at = performance.now()): number =>
  Number(process.hrtime.bigint()) / 1e6 - (performance.now() - at);
