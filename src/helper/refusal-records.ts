import { monotonicMs } from "./clock.ts";

/** So many refusals of one uid are recorded one by one in a second. */
const ONE_BY_ONE = 50;
const WINDOW_MS = 1_000;

/** What is recorded of a refusal, and of how many that came with it. */
type Write<T> = (refusal: T, count: number) => void;

interface Window<T> {
  readonly endsAtMs: number;
  written: number;
  /** Refusals since the last record, and the latest of them. */
  unwritten: number;
  last: T | null;
}

/**
 * Records refusals: each by itself up to 50 a second of one uid, and above that once a second, with their number and
 * the last of them. A peer that is refused all the time must not push the records of others out of the journal.
 */
export class RefusalRecords<T> {
  readonly #write: Write<T>;
  readonly #windows = new Map<number | null, Window<T>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(write: Write<T>) {
    this.#write = write;
  }

  record(uid: number | null, refusal: T): void {
    const window = this.#windowOf(uid);
    if (window.written < ONE_BY_ONE) {
      window.written++;
      this.#write(refusal, 1);
      return;
    }
    window.unwritten++;
    window.last = refusal;
    this.#timer ??= setTimeout(() => this.#sum(), WINDOW_MS);
  }

  /** Records what is not recorded yet: the helper is about to exit. */
  flush(): void {
    for (const window of this.#windows.values()) this.#close(window);
    this.#windows.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #windowOf(uid: number | null): Window<T> {
    const now = monotonicMs();
    const open = this.#windows.get(uid);
    if (open !== undefined && now < open.endsAtMs) return open;
    if (open !== undefined) this.#close(open);
    this.#forgetEnded(now);
    const window = { endsAtMs: now + WINDOW_MS, written: 0, unwritten: 0, last: null };
    this.#windows.set(uid, window);
    return window;
  }

  #sum(): void {
    this.#timer = undefined;
    for (const window of this.#windows.values()) this.#close(window);
  }

  #close(window: Window<T>): void {
    if (window.last !== null) this.#write(window.last, window.unwritten);
    window.unwritten = 0;
    window.last = null;
  }

  #forgetEnded(now: number): void {
    for (const [uid, { endsAtMs, last }] of this.#windows) {
      if (endsAtMs <= now && last === null) this.#windows.delete(uid);
    }
  }
}
