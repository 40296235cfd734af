type Listener = () => void;

/** Lets one wait for the next sign of life of a unit. */
export class UnitChanges {
  readonly #listeners = new Map<string, Set<Listener>>();

  emit(unit: string): void {
    for (const listener of this.#listeners.get(unit) ?? []) listener();
  }

  /** Everything may have changed. */
  emitAll(): void {
    for (const unit of this.#listeners.keys()) this.emit(unit);
  }

  /** Resolves at the unit's next change, or when the time is up. */
  next(unit: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const listeners = this.#listeners.get(unit) ?? new Set();
      this.#listeners.set(unit, listeners);
      const done = (): void => {
        clearTimeout(timer);
        listeners.delete(done);
        if (listeners.size === 0) this.#listeners.delete(unit);
        resolve();
      };
      const timer = setTimeout(done, ms);
      listeners.add(done);
    });
  }
}
