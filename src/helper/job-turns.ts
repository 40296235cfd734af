import { ProtocolError } from "../protocol/errors.ts";

/**
 * How many jobs may be under way. For each job that we asked for PID 1 has a match rule at the bus until the job is
 * done, and a start holds its unit in PID 1's memory, which is another. dbus-daemon gives PID 1 512 rules for
 * everything on the machine; at the next one PID 1 loses its connection, and with it everybody's jobs.
 */
const PLACES = { start: 160, stop: 100 };
/** What a start that found no place in its time is told to wait, in milliseconds. */
const RETRY_MS = 1_000;

type Kind = keyof typeof PLACES;

interface Waiter {
  readonly kind: Kind;
  readonly unit: string;
  readonly settle: (error: ProtocolError | null) => void;
}

/** Whose turn it is to ask PID 1 for a job: first come, first served, but a stop never waits for a start. */
export class JobTurns {
  readonly #free = { ...PLACES };
  /** How many have a place together, by kind and unit: for one unit PID 1 has one job. */
  readonly #sharing = { start: new Map<string, number>(), stop: new Map<string, number>() };
  readonly #waiting = new Set<Waiter>();

  /**
   * Waits for a place.
   * @returns what gives the place back, to be called when the job is done
   * @throws ProtocolError `busy` when the time was up, `interrupted` when a stop of the unit came meanwhile
   */
  async start(unit: string, ms: number): Promise<() => void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await this.#take("start", unit, (settle) => {
        const late = (): void => settle(new ProtocolError("busy", { retryAfterMs: RETRY_MS }));
        timer = setTimeout(late, ms);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes the place of the starts that wait for the same unit, and waits for other stops only. */
  stop(unit: string): Promise<() => void> {
    for (const waiter of this.#waiting) {
      if (waiter.kind === "start" && waiter.unit === unit) {
        waiter.settle(new ProtocolError("interrupted", { unit }));
      }
    }
    return this.#take("stop", unit, () => undefined);
  }

  async #take(kind: Kind, unit: string, onWait: (settle: Waiter["settle"]) => void): Promise<() => void> {
    await new Promise<void>((resolve, reject) => {
      const settle = (error: ProtocolError | null): void => {
        this.#waiting.delete(waiter);
        if (error) reject(error);
        else resolve();
      };
      const waiter = { kind, unit, settle };
      this.#waiting.add(waiter);
      onWait(settle);
      this.#admit();
    });
    return () => {
      this.#give(kind, unit);
      this.#admit();
    };
  }

  #admit(): void {
    // A start that came after a stop of the same unit is not to overtake it.
    const stopping = new Set<string>();
    for (const { kind, unit, settle } of this.#waiting) {
      if (kind === "start" && stopping.has(unit)) continue;
      if (this.#place(kind, unit)) settle(null);
      else if (kind === "stop") stopping.add(unit);
    }
  }

  #place(kind: Kind, unit: string): boolean {
    const together = this.#sharing[kind].get(unit) ?? 0;
    if (together === 0) {
      if (this.#free[kind] === 0) return false;
      this.#free[kind]--;
    }
    this.#sharing[kind].set(unit, together + 1);
    return true;
  }

  #give(kind: Kind, unit: string): void {
    const together = (this.#sharing[kind].get(unit) ?? 1) - 1;
    if (together > 0) {
      this.#sharing[kind].set(unit, together);
      return;
    }
    this.#sharing[kind].delete(unit);
    this.#free[kind]++;
  }
}
