import type { Peer } from "../policy/types.ts";
import type { NotificationName, Notifications } from "../protocol/results.ts";
import type { Filter } from "./filter.ts";
import type { Services } from "./services.ts";

/** The connection behind a subscription. */
export interface Subscriber {
  /** Who is at the other end, as of now: the process that connected may have ended since. */
  peer(): Peer;
  /** The daemon's parts, in the lane of the connection. */
  services(): Services;
  /** Sends a notification; a slow reader is waited for with `drained`. */
  notify<N extends NotificationName>(name: N, params: Notifications[N]): void;
  /** Whether the peer, with all connections of its uid, keeps up with what it is sent; false where it has gone. */
  hasRoom(): boolean;
  /** Whether nobody is at the other end any more. */
  isGone(): boolean;
  /** Resolves when there is room to send; false: the connection is closed. */
  drained(): Promise<boolean>;
  /** The same, when the other connections of the uid have read enough of theirs as well. */
  allDrained(): Promise<boolean>;
}

/** Above this many units with news, a snapshot is cheaper than the news. */
const MOST_PENDING = 512;

/** A subscription remembers units that have ended as well. With so many more than its snapshot had it takes another. */
const MOST_SINCE_SNAPSHOT = 256;

/** How many units the subscriptions of one uid may show in all: what was shown of each takes memory. */
const SHOWN_PER_UID = 16_384;

/** What a peer was shown of a unit, as a short digest: a hub may have hundreds of subscriptions, each to many units. */
export type Impression = number;

/** What is delivered next: one unit's news, or a snapshot after some was dropped. */
export type Delivery = { readonly unit: string } | "snapshot";

/**
 * One subscription's queue: at most one entry a unit, however often it changes and however slowly the peer reads,
 * and none at all once there are too many.
 */
export class Subscription {
  readonly id: string;
  readonly subscriber: Subscriber;
  readonly filter: Filter;
  /** What the peer was last shown of each unit. */
  readonly shown = new Map<string, Impression>();
  /** How many units the last snapshot had. */
  beganWith = 0;
  readonly #pending = new Set<string>();
  #overflowed = false;
  #wake: (() => void) | null = null;
  ended = false;

  constructor(id: string, subscriber: Subscriber, filter: Filter) {
    this.id = id;
    this.subscriber = subscriber;
    this.filter = filter;
  }

  push(unit: string): void {
    if (!this.#overflowed) this.#pending.add(unit);
    if (this.#pending.size > MOST_PENDING) this.overflow();
    this.#wake?.();
  }

  /** Something was missed: only a snapshot tells the truth again. */
  overflow(): void {
    this.#overflowed = true;
    this.#pending.clear();
    this.#wake?.();
  }

  /** Whether what was shown has many units that have ended: only a snapshot forgets them. */
  get remembersTooMuch(): boolean {
    return this.shown.size > this.beganWith + MOST_SINCE_SNAPSHOT;
  }

  end(): void {
    this.ended = true;
    this.#wake?.();
  }

  /** Takes the next delivery, waiting for one; null: the subscription has ended. */
  async next(): Promise<Delivery | null> {
    while (!this.ended && !this.#overflowed && this.#pending.size === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
    if (this.ended) return null;
    if (this.#overflowed) {
      this.#overflowed = false;
      return "snapshot";
    }
    const [unit = ""] = this.#pending;
    this.#pending.delete(unit);
    return { unit };
  }
}

/** Whether a subscription may show so many units, given what all those of its uid show. */
export function hasRoomToShow(
  all: Iterable<Subscription>,
  { subscriber }: Subscription,
  units: number,
): boolean {
  const { uid } = subscriber.peer();
  let shown = units;
  for (const each of all) if (each.subscriber.peer().uid === uid) shown += each.shown.size;
  return shown <= SHOWN_PER_UID;
}
