/** Whom work is done for. Waiting work is taken in turn by uid, and dropped once nobody waits for its outcome. */
export interface Lane {
  /** -1: the kernel gave no identity. */
  readonly uid: number;
  /** It waits for no other work of its uid but what is urgent as well: what a decision rests on, and what follows from it. */
  readonly isUrgent?: boolean;
  isGone(): boolean;
}

/** What the helper does for itself, such as collecting credentials. */
export const OWN_UID = -2;
export const OWN_LANE: Lane = { uid: OWN_UID, isGone: () => false };

/** The connection that asked has gone before its work was begun. */
export class Gone extends Error {
  override readonly name = "Gone";

  constructor() {
    super("the connection that asked for this is gone");
  }
}

export interface GateSize {
  /** How many are let through at a time, in all. */
  readonly places: number;
  /** Those of them that only uid 0 gets. */
  readonly keptForRoot: number;
  /** How many of one uid are let through at a time. */
  readonly perUid: number;
}

interface Waiter {
  readonly lane: Lane;
  readonly enter: () => void;
  readonly drop: (error: Gone) => void;
}

/** Lets so many through at a time. Others wait: uid 0 first, then the uids in rotation. */
export class LaneGate {
  readonly #size: GateSize;
  readonly #inside = new Map<number, number>();
  /** Who waits, by uid; the order of the uids is that of their turns. */
  readonly #waiting = new Map<number, Waiter[]>();
  #total = 0;

  constructor(size: GateSize) {
    this.#size = size;
  }

  /** @throws Gone */
  async pass<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
    if (this.#hasPlace(lane.uid) && !this.#waiting.has(lane.uid)) this.#enter(lane.uid);
    else await this.#wait(lane);
    try {
      return await work();
    } finally {
      this.#leave(lane.uid);
    }
  }

  #hasPlace(uid: number): boolean {
    const { places, keptForRoot, perUid } = this.#size;
    if (uid === 0) return this.#total < places;
    return this.#total < places - keptForRoot && (this.#inside.get(uid) ?? 0) < perUid;
  }

  #enter(uid: number): void {
    this.#total++;
    this.#inside.set(uid, (this.#inside.get(uid) ?? 0) + 1);
  }

  #leave(uid: number): void {
    this.#total--;
    const inside = (this.#inside.get(uid) ?? 1) - 1;
    if (inside === 0) this.#inside.delete(uid);
    else this.#inside.set(uid, inside);
    this.#admit();
  }

  #wait(lane: Lane): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = this.#waiting.get(lane.uid) ?? [];
      this.#waiting.set(lane.uid, mine);
      const waiter = { lane, enter: resolve, drop: reject };
      const behind = lane.isUrgent ? mine.findIndex((other) => !other.lane.isUrgent) : -1;
      mine.splice(behind === -1 ? mine.length : behind, 0, waiter);
    });
  }

  #admit(): void {
    for (const uid of [0, ...this.#waiting.keys()]) {
      while (this.#hasPlace(uid)) {
        const waiter = this.#next(uid);
        if (waiter === null) break;
        this.#enter(uid);
        waiter.enter();
        if (uid !== 0) break;
      }
    }
  }

  /** Takes the next of a uid, whose turn is then over, and drops those that have gone. */
  #next(uid: number): Waiter | null {
    const mine = this.#waiting.get(uid);
    if (mine === undefined) return null;
    let waiter = mine.shift();
    for (; waiter?.lane.isGone(); waiter = mine.shift()) waiter.drop(new Gone());
    this.#waiting.delete(uid);
    if (mine.length > 0) this.#waiting.set(uid, mine);
    return waiter ?? null;
  }
}
