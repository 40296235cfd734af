import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
const LIMIT_MS = 30_000;

const answers = (url: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve, reject) => {
    request(url, { signal })
      .on("response", (response) => {
        response.resume();
        resolve(true);
      })
      .on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED" || error.code === "ECONNRESET") resolve(false);
        else reject(error);
      })
      .end();
  });

/**
 * systemd calls a start done when the program runs; a server answers a little later.
 * @throws the reason of `dead`; a TimeoutError
 */
export async function waitUntilUp(url: string, dead: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([dead, AbortSignal.timeout(LIMIT_MS)]);
  try {
    for (let pauseMs = FIRST_PAUSE_MS; !(await answers(url, signal)); pauseMs *= 2) {
      await delay(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
