import { BusUnavailable } from "./bus-errors.ts";

type Settle = { resolve: (result: string) => void; reject: (error: Error) => void };

/** The results of jobs, by object path. A result may be told before the call that queued its job is answered. */
export class Jobs {
  readonly #waiting = new Map<string, Set<Settle>>();
  /** Results told while some job's path is still on its way to us. */
  readonly #early = new Map<string, string>();
  #queueing = 0;

  /**
   * Queues a job and waits for its result.
   * @param queue asks PID 1 for the job and gives its object path
   * @param queued runs as soon as PID 1 has taken the job
   */
  async run(queue: () => Promise<string>, queued: () => void): Promise<string> {
    this.#queueing++;
    let result: string | Promise<string>;
    try {
      const job = await queue();
      queued();
      result = this.#early.get(job) ?? this.#wait(job);
    } finally {
      if (--this.#queueing === 0) this.#early.clear();
    }
    return result;
  }

  #wait(job: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(job) ?? new Set();
      this.#waiting.set(job, waiters.add({ resolve, reject }));
    });
  }

  removed(job: string, result: string): void {
    if (this.#queueing > 0) this.#early.set(job, result);
    for (const { resolve } of this.#waiting.get(job) ?? []) resolve(result);
    this.#waiting.delete(job);
  }

  /** Nobody will tell any more how the jobs ended. */
  lost(): void {
    const error = new BusUnavailable("systemd went away while a job was waited for", true);
    for (const waiters of this.#waiting.values()) for (const { reject } of waiters) reject(error);
    this.#waiting.clear();
    this.#early.clear();
  }
}
