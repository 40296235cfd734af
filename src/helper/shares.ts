/** How many requests of one uid may be in hand: taken, and neither answered nor begun as a verb. */
export const IN_HAND_PER_UID = 16;
/** An incomplete frame that is longer than this takes one of its uid's places for large ones. */
export const LARGE_FRAME_BYTES = 64 * 1024;
/** How many frames of one uid may be incomplete and longer than that. */
const LARGE_FRAMES_PER_UID = 2;

/** So much of one uid's lists may lie unread, in all its connections, before another is drawn up for it. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** A connection that waits for its uid to have something free. */
export interface Waiting {
  /** Something is free: the connection may try again. */
  wake(): void;
}

/** One of something that a uid has only so many of. */
class Allotment {
  readonly #most: number;
  readonly #waiting = new Set<Waiting>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isFree(): boolean {
    return this.#taken < this.#most;
  }

  take(): void {
    this.#taken++;
  }

  /** Wakes `waiting` when there is one for it. */
  wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
  }

  give(): void {
    this.#taken--;
    this.wakeNext();
  }

  /** Wakes one: who is woken and takes nothing wakes the next. */
  wakeNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || !this.isFree) return;
    this.#waiting.delete(next);
    next.wake();
  }

  forget(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }
}

/** What holds bytes that its peer has not read. */
interface Unread {
  readonly unreadBytes: number;
}

/** The connections of one uid, and whether they keep up with what they are sent. */
class Readers {
  readonly #all = new Set<Unread>();
  #waiting: (() => void)[] = [];

  join(reader: Unread): void {
    this.#all.add(reader);
  }

  leave(reader: Unread): void {
    this.#all.delete(reader);
    this.haveRead();
  }

  get keepUp(): boolean {
    let bytes = 0;
    for (const { unreadBytes } of this.#all) bytes += unreadBytes;
    return bytes < MOST_UNREAD_BYTES;
  }

  /** Some of it was read, or will never be: who waits looks again. */
  haveRead(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when there is something to look at again. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What the connections of one uid share. */
export interface Share {
  readonly inHand: Allotment;
  readonly largeFrames: Allotment;
  readonly readers: Readers;
}

/** What each uid that is connected has a share of. */
export class Shares {
  readonly #shares = new Map<number, { readonly share: Share; connections: number }>();

  /** A connection of the uid has come; `leave` says that it has gone. */
  join(uid: number): Share {
    const entry = this.#shares.get(uid) ?? {
      share: {
        inHand: new Allotment(IN_HAND_PER_UID),
        largeFrames: new Allotment(LARGE_FRAMES_PER_UID),
        readers: new Readers(),
      },
      connections: 0,
    };
    entry.connections++;
    this.#shares.set(uid, entry);
    return entry.share;
  }

  leave(uid: number): void {
    const entry = this.#shares.get(uid);
    if (entry !== undefined && --entry.connections === 0) this.#shares.delete(uid);
  }
}
