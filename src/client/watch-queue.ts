import type { UnitState } from "../protocol/unit-state.ts";
import type { WatchEvent } from "./types.ts";

type Result = IteratorResult<WatchEvent, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** How an iteration ends: as a loop that is over, or with an error. */
export type QueueEnd = { readonly error: unknown } | "done";

const DONE: Result = { done: true, value: undefined };

/** Events on their way to a consumer: one snapshot, and the latest state of each unit since, however slow they are taken. */
export class WatchQueue {
  #snapshot: UnitState[] | null = null;
  readonly #changes = new Map<string, UnitState>();
  readonly #waiters: Waiter[] = [];
  #end: QueueEnd | null = null;

  /** Replaces all that is queued. */
  replace(units: UnitState[]): void {
    this.#changes.clear();
    this.#snapshot = units;
    this.#deliver();
  }

  change(unit: UnitState): void {
    // Taken out first: the order is that of the latest changes.
    this.#changes.delete(unit.unit);
    this.#changes.set(unit.unit, unit);
    this.#deliver();
  }

  /** Ends the iteration after what is queued: the next `next()` rejects with the error, once. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#deliver();
  }

  /** Ends the iteration now; what is queued is dropped. With a reason, the next `next()` rejects with it, once. */
  cancel(end: QueueEnd): void {
    this.#end = end;
    this.#snapshot = null;
    this.#changes.clear();
    this.#deliver();
  }

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#waiters.length > 0) {
      const event = this.#take();
      if (event === null && this.#end === null) return;
      const waiter = this.#waiters.shift();
      if (event !== null) waiter?.resolve({ done: false, value: event });
      else if (this.#end === "done" || this.#end === null) waiter?.resolve(DONE);
      else {
        waiter?.reject(this.#end.error);
        this.#end = "done";
      }
    }
  }

  #take(): WatchEvent | null {
    if (this.#snapshot !== null) {
      const units = this.#snapshot;
      this.#snapshot = null;
      return { type: "snapshot", units };
    }
    for (const [name, unit] of this.#changes) {
      this.#changes.delete(name);
      return { type: "change", unit };
    }
    return null;
  }
}
