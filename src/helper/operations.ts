/** Which units an operation of ours is under way for: nothing of theirs is collected meanwhile. */
export class Operations {
  readonly #counts = new Map<string, number>();

  async during<T>(unit: string, operation: () => Promise<T>): Promise<T> {
    this.#counts.set(unit, (this.#counts.get(unit) ?? 0) + 1);
    try {
      return await operation();
    } finally {
      const count = (this.#counts.get(unit) ?? 1) - 1;
      if (count === 0) this.#counts.delete(unit);
      else this.#counts.set(unit, count);
    }
  }

  underWay(unit: string): boolean {
    return this.#counts.has(unit);
  }
}
