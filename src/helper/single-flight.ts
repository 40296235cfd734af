/** Lets everybody who asks the same at the same time share one answer. */
export class SingleFlight<T> {
  readonly #flying = new Map<string, Promise<T>>();

  async ask(key: string, ask: () => Promise<T>): Promise<T> {
    const flying = this.#flying.get(key);
    if (flying !== undefined) return flying;
    const asked = ask();
    this.#flying.set(key, asked);
    try {
      return await asked;
    } finally {
      this.#flying.delete(key);
    }
  }
}
