/** Something that has work to do, in units that take a millisecond or less. */
export interface Worker {
  readonly uid: number;
  /** Does one unit of work. @returns whether there is more to do now */
  turn(): boolean;
}

/** How long work is done before the event loop looks at sockets and timers again, in milliseconds. */
const SLICE_MS = 1;
/** A unit that took longer than this is paid for: its uid rests for a multiple of the time. */
const CHEAP_MS = 1;
const REST_FACTOR = 4;
/** So often does uid 0 come before everybody else, and then the others once. */
const ROOT_IN_A_ROW = 8;

/**
 * Shares the one thread between uids: one unit of work at a time, the uids in rotation and their connections too, uid 0
 * first. Whatever one of them sends, another waits for a slice of it at most.
 */
export class Rotation {
  /** Who has work, by uid; the order is that of their turns. */
  readonly #ready = new Map<number, Set<Worker>>();
  /** Until when a uid rests, by performance.now(). */
  readonly #resting = new Map<number, number>();
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rootInARow = 0;
  /** How many units of work were done. */
  units = 0;

  /** There is work to do. */
  add(worker: Worker): void {
    const workers = this.#ready.get(worker.uid);
    if (workers) workers.add(worker);
    else this.#ready.set(worker.uid, new Set([worker]));
    this.#schedule();
  }

  remove(worker: Worker): void {
    const workers = this.#ready.get(worker.uid);
    if (workers?.delete(worker) && workers.size === 0) this.#ready.delete(worker.uid);
  }

  /** Begins work when it is its uid's turn: what of it comes before its first `await` is the unit. */
  begin<T>(uid: number, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = (): boolean => {
        work().then(resolve, reject);
        return false;
      };
      this.add({ uid, turn });
    });
  }

  #schedule(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#run();
    });
  }

  #run(): void {
    const end = performance.now() + SLICE_MS;
    for (let now = performance.now(); now < end;) {
      const uid = this.#nextUid(now);
      if (uid === null) return;
      this.#serve(uid);
      this.units++;
      const then = performance.now();
      if (uid !== 0 && then - now > CHEAP_MS) this.#resting.set(uid, then + REST_FACTOR * (then - now));
      now = then;
    }
    if (this.#ready.size > 0) this.#schedule();
  }

  #nextUid(now: number): number | null {
    const others = [...this.#ready.keys()].filter((uid) => uid !== 0 && !this.#isResting(uid, now));
    if (this.#ready.has(0) && (others.length === 0 || this.#rootInARow < ROOT_IN_A_ROW)) {
      this.#rootInARow++;
      return 0;
    }
    this.#rootInARow = 0;
    const [uid] = others;
    if (uid !== undefined) return uid;
    if (this.#ready.size > 0) this.#wakeWhenRested(now);
    return null;
  }

  #isResting(uid: number, now: number): boolean {
    const until = this.#resting.get(uid);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#resting.delete(uid);
    return false;
  }

  #wakeWhenRested(now: number): void {
    const first = Math.min(...[...this.#ready.keys()].map((uid) => this.#resting.get(uid) ?? now));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#schedule(), Math.max(1, Math.ceil(first - now)));
  }

  #serve(uid: number): void {
    const workers = this.#ready.get(uid);
    const [worker] = workers ?? [];
    if (workers === undefined || worker === undefined) return;
    // Out before its turn, and back at the end: what the turn itself adds is not lost.
    this.remove(worker);
    const hasMore = worker.turn();
    const left = this.#ready.get(uid);
    this.#ready.delete(uid);
    if (left) this.#ready.set(uid, left);
    if (hasMore) this.add(worker);
  }
}
