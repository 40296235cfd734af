/** CLOCK_MONOTONIC in milliseconds: it never steps, and outlives the process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
