/** What is under way for a unit. */
type Kind = "start" | "other";

/** Which units an operation of ours is under way for: nothing of theirs is collected meanwhile. */
export class Operations {
  readonly #counts = { start: new Map<string, number>(), other: new Map<string, number>() };

  async during<T>(unit: string, kind: Kind, operation: () => Promise<T>): Promise<T> {
    const counts = this.#counts[kind];
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
    try {
      return await operation();
    } finally {
      const count = (counts.get(unit) ?? 1) - 1;
      if (count === 0) counts.delete(unit);
      else counts.set(unit, count);
    }
  }

  underWay(unit: string): boolean {
    return this.starting(unit) || this.#counts.other.has(unit);
  }

  /** Whether at most one start is under way: nobody else is about to read how the unit ended before. */
  startsAlone(unit: string): boolean {
    return (this.#counts.start.get(unit) ?? 0) <= 1;
  }

  /** Whether a start is under way: its unit may still rest, and yet what was recorded for it counts. */
  starting(unit: string): boolean {
    return this.#counts.start.has(unit);
  }
}
