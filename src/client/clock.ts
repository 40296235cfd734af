/** Milliseconds of a clock that never jumps. Not `performance`, which takes a short-lived program as long to load as all else. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
