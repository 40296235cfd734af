import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. */
export function abortable<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller chose the reason
      reject(signal.reason);
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", onAbort);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
        reject(error);
      },
    );
  });
}

/** Waits, or rejects with the signal's reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** A signal, and what work that it ends is rejected with. */
export interface Ending {
  readonly signal: AbortSignal;
  readonly reason: () => unknown;
}

export interface Limits {
  readonly endings: readonly Ending[];
  readonly limitMs: number;
  /** Makes the reason with which work is ended when the time is over. */
  readonly onLimit: () => Error;
}

/**
 * Gives `work` one signal for the time limit and every other end. By hand, and not by AbortSignal.any: a hub
 * passes one long-lived signal to thousands of calls, and each must leave nothing behind on it.
 */
export async function withLimits<T>(
  { endings, limitMs, onLimit }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(onLimit()), limitMs);
  const listening = endings.map(({ signal, reason }) => {
    const onAbort = (): void => controller.abort(reason());
    // As many as there are calls in flight: no leak, and nothing to warn of.
    setMaxListeners(0, signal);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return () => signal.removeEventListener("abort", onAbort);
  });
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    for (const stop of listening) stop();
  }
}
