import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Somebody wants the demo to end. */
export class Interrupted extends Error {
  /** What a shell would make of it. */
  readonly status: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`Interrupted by ${signal}.`);
    this.name = "Interrupted";
    this.status = 128 + constants.signals[signal];
  }
}

/** Rejects at the first such signal. A second one ends the process, and the container with it. */
export const interruption = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    for (const signal of SIGNALS) process.once(signal, () => reject(new Interrupted(signal)));
  });
