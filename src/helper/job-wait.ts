import { ProtocolError } from "../protocol/errors.ts";

/**
 * Waits for a job as long as the caller wants to. The job goes on when the time is up.
 * @param leftMs what is left of the caller's time
 * @throws ProtocolError `job-timeout`
 */
export async function waitForJob<T>(
  job: Promise<T>,
  unit: string,
  timeoutMs: number,
  leftMs = timeoutMs,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProtocolError("job-timeout", { unit, afterMs: timeoutMs })), leftMs);
  });
  try {
    return await Promise.race([job, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
