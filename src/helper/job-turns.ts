import { ProtocolError } from "../protocol/errors.ts";
import { monotonicMs } from "./clock.ts";
import { type Lane, OWN_LANE, OWN_UID } from "./lanes.ts";

/**
 * How many jobs may be under way. For each job that we asked for PID 1 has a match rule at the bus until the job is
 * done, and a start holds its unit in PID 1's memory, which is another. dbus-daemon gives PID 1 512 rules for
 * everything on the machine; at the next one PID 1 loses its connection, and with it everybody's jobs.
 */
const PLACES = { start: 160, stop: 100 };
/** A uid may take a place while it has fewer than so many times those that are free: some are always left for the next. */
const SHARE_OF_FREE = 4;
/**
 * How many starts of one uid PID 1 is given at a time: it forks for one after the other, and the next start waits
 * for all of them. A start counts until its job is done, or for a moment: then its program is being waited for.
 */
const FRESH = { alone: 16, withOthers: 1 };
const FRESH_MS = 100;
/** For so long after its last start a uid counts as one of those who start, in milliseconds. */
const ACTIVE_MS = 10_000;
/** What a start that found no place in its time is told to wait, in milliseconds. */
const RETRY_MS = 1_000;

type Kind = keyof typeof PLACES;

interface Waiter {
  readonly kind: Kind;
  readonly unit: string;
  readonly lane: Lane;
  readonly settle: (error: ProtocolError | null) => void;
  /** There was no place when it came. */
  hasWaited: boolean;
}

/** A place that was taken: all who wait for one job of a unit have it together. */
interface Place {
  readonly uid: number;
  isFresh: boolean;
  sharers: number;
}

/** What a uid has under way, and what waits. */
interface Turns {
  readonly waiting: Record<Kind, Set<Waiter>>;
  readonly placed: Record<Kind, number>;
  fresh: number;
  startedAtMs: number;
}

/** Whose turn it is to ask PID 1 for a job: the uids in rotation, uid 0 first; and a stop never waits for a start. */
export class JobTurns {
  readonly #free = { ...PLACES };
  readonly #places = { start: new Map<string, Place>(), stop: new Map<string, Place>() };
  /** Who waits, by kind and unit. */
  readonly #waiting = { start: new Map<string, Set<Waiter>>(), stop: new Map<string, Set<Waiter>>() };
  /** By uid; the order is that of their turns. */
  readonly #turns = new Map<number, Turns>();

  /**
   * Waits for a place.
   * @returns what gives the place back, to be called when the job is done
   * @throws ProtocolError `busy` when the time was up, `interrupted` when a stop of the unit came first,
   * `unavailable` when the connection that asked has gone
   */
  async start(unit: string, ms: number, lane = OWN_LANE): Promise<() => void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await this.#take("start", unit, lane, (settle) => {
        const late = (): void => settle(new ProtocolError("busy", { retryAfterMs: RETRY_MS }));
        timer = setTimeout(late, ms);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes the place of the starts that wait for the same unit, and waits for other stops only. */
  stop(unit: string, lane = OWN_LANE): Promise<() => void> {
    for (const { settle } of this.#waiting.start.get(unit) ?? []) {
      settle(new ProtocolError("interrupted", { unit }));
    }
    return this.#take("stop", unit, lane, () => undefined);
  }

  async #take(
    kind: Kind,
    unit: string,
    lane: Lane,
    onWait: (settle: Waiter["settle"]) => void,
  ): Promise<() => void> {
    const place = this.#places[kind].get(unit);
    // A start that came after a stop of the same unit is not to overtake it.
    if (place !== undefined && !(kind === "start" && this.#waiting.stop.has(unit))) place.sharers++;
    else {
      await new Promise<void>((resolve, reject) => {
        const settle = (error: ProtocolError | null): void => {
          this.#forget(waiter);
          if (error) reject(error);
          else resolve();
        };
        const waiter: Waiter = { kind, unit, lane, settle, hasWaited: false };
        this.#remember(waiter);
        onWait(settle);
        this.#admit();
        waiter.hasWaited = true;
      });
    }
    return () => {
      this.#give(kind, unit);
      this.#admit();
    };
  }

  #admit(): void {
    for (let isMore = true; isMore;) {
      isMore = false;
      for (const uid of [0, ...this.#turns.keys()]) {
        const stopped = this.#admitNext(uid, "stop");
        const started = this.#admitNext(uid, "start");
        isMore ||= stopped || started;
      }
    }
  }

  /** @returns whether one of the uid got a place, and with it those that wait for the same job */
  #admitNext(uid: number, kind: Kind): boolean {
    const turns = this.#turns.get(uid);
    for (const { unit, lane, settle, hasWaited } of turns?.waiting[kind] ?? []) {
      if (turns === undefined || !this.#hasPlace(uid, kind, turns)) return false;
      if (kind === "start" && this.#waiting.stop.has(unit)) continue;
      if (hasWaited && lane.isGone()) {
        settle(new ProtocolError("unavailable", { problem: "the connection is gone", outcome: "none" }));
        continue;
      }
      this.#turns.delete(uid);
      this.#turns.set(uid, turns);
      this.#place(kind, unit, uid, turns);
      return true;
    }
    return false;
  }

  #hasPlace(uid: number, kind: Kind, { placed, fresh }: Turns): boolean {
    const free = this.#free[kind];
    if (uid === 0 || uid === OWN_UID) return free > 0;
    if (placed[kind] >= SHARE_OF_FREE * free) return false;
    return kind === "stop" || fresh < (this.#isAlone(uid) ? FRESH.alone : FRESH.withOthers);
  }

  #isAlone(uid: number): boolean {
    const since = monotonicMs() - ACTIVE_MS;
    for (const [other, { startedAtMs }] of this.#turns) {
      if (other !== uid && startedAtMs > since) return false;
    }
    return true;
  }

  #place(kind: Kind, unit: string, uid: number, turns: Turns): void {
    const place: Place = { uid, isFresh: kind === "start", sharers: 0 };
    this.#places[kind].set(unit, place);
    this.#free[kind]--;
    turns.placed[kind]++;
    if (place.isFresh) {
      turns.startedAtMs = monotonicMs();
      turns.fresh++;
      setTimeout(() => {
        this.#age(place);
        this.#admit();
      }, FRESH_MS).unref();
    }
    for (const { settle } of this.#waiting[kind].get(unit) ?? []) {
      place.sharers++;
      settle(null);
    }
  }

  #age(place: Place): void {
    const turns = this.#turns.get(place.uid);
    if (place.isFresh && turns !== undefined) turns.fresh--;
    place.isFresh = false;
  }

  #give(kind: Kind, unit: string): void {
    const place = this.#places[kind].get(unit);
    if (place === undefined || --place.sharers > 0) return;
    this.#places[kind].delete(unit);
    this.#free[kind]++;
    this.#age(place);
    const turns = this.#turns.get(place.uid);
    if (turns !== undefined) turns.placed[kind]--;
  }

  #remember(waiter: Waiter): void {
    const { kind, unit, lane } = waiter;
    this.#turnsOf(lane.uid).waiting[kind].add(waiter);
    const same = this.#waiting[kind].get(unit) ?? new Set();
    this.#waiting[kind].set(unit, same.add(waiter));
  }

  #forget(waiter: Waiter): void {
    const { kind, unit, lane } = waiter;
    this.#turns.get(lane.uid)?.waiting[kind].delete(waiter);
    const same = this.#waiting[kind].get(unit);
    if (same?.delete(waiter) && same.size === 0) this.#waiting[kind].delete(unit);
  }

  #turnsOf(uid: number): Turns {
    const known = this.#turns.get(uid);
    if (known !== undefined) return known;
    this.#forgetUnused();
    const turns: Turns = {
      waiting: { start: new Set(), stop: new Set() },
      placed: { start: 0, stop: 0 },
      fresh: 0,
      startedAtMs: -ACTIVE_MS,
    };
    this.#turns.set(uid, turns);
    return turns;
  }

  #forgetUnused(): void {
    const since = monotonicMs() - ACTIVE_MS;
    for (const [uid, { waiting, placed, fresh, startedAtMs }] of this.#turns) {
      const used = waiting.start.size + waiting.stop.size + placed.start + placed.stop + fresh;
      if (used === 0 && startedAtMs <= since) this.#turns.delete(uid);
    }
  }
}
