import type { Limits } from "../protocol/results.ts";
import { monotonicMs } from "./clock.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Connections that only uid 0 gets: the admin can look in when a hub has taken all the others. */
const KEPT_FOR_ROOT = 8;
/** What a peer that has too much in flight is told to wait, in milliseconds. */
const IN_FLIGHT_RETRY_MS = 100;

class Counter {
  readonly #counts = new Map<number, number>();
  total = 0;

  of(uid: number): number {
    return this.#counts.get(uid) ?? 0;
  }

  add(uid: number, by: 1 | -1): void {
    this.total += by;
    const count = this.of(uid) + by;
    if (count === 0) this.#counts.delete(uid);
    else this.#counts.set(uid, count);
  }
}

/** Counts what each uid has going, against the limits of the policy in force. */
export class Limiter {
  readonly #current: () => Readonly<Limits>;
  readonly #connections = new Counter();
  readonly #inFlight = new Counter();
  #buckets = new Map<number, TokenBucket>();

  /** @param current gives the limits in force */
  constructor(current: () => Readonly<Limits>) {
    this.#current = current;
  }

  get limits(): Readonly<Limits> {
    return this.#current();
  }

  get connections(): number {
    return this.#connections.total;
  }

  get inFlight(): number {
    return this.#inFlight.total;
  }

  /** Whether the uid may have another connection. */
  hasRoom(uid: number): boolean {
    const limits = this.limits;
    const most = uid === 0 ? limits.connections : Math.max(1, limits.connections - KEPT_FOR_ROOT);
    return this.#connections.total < most && this.#connections.of(uid) < limits.connections_per_uid;
  }

  /** Counts a connection in, unless there are too many. Its end must be counted out by `closed`. */
  opened(uid: number): boolean {
    if (!this.hasRoom(uid)) return false;
    this.#connections.add(uid, 1);
    return true;
  }

  closed(uid: number): void {
    this.#connections.add(uid, -1);
  }

  /** Counts a request in; `ended` counts it out. */
  begun(uid: number): void {
    this.#inFlight.add(uid, 1);
  }

  ended(uid: number): void {
    this.#inFlight.add(uid, -1);
  }

  /** How long a uid must wait because it has too many requests in flight, in milliseconds; 0: it need not. */
  crowded(uid: number): number {
    return this.#inFlight.of(uid) > this.limits.in_flight_per_uid ? IN_FLIGHT_RETRY_MS : 0;
  }

  /** Draws a verb from the uid's bucket. @returns how long to wait, in milliseconds; 0: it was drawn */
  drawVerb(uid: number): number {
    const { verbs_per_second, verbs_burst } = this.limits;
    const now = monotonicMs();
    let bucket = this.#buckets.get(uid);
    if (bucket === undefined) {
      this.#forgetFull(now);
      bucket = new TokenBucket(verbs_per_second, verbs_burst, now);
      this.#buckets.set(uid, bucket);
    }
    return bucket.draw(now);
  }

  /** A full bucket is as good as none, and uids come and go. */
  #forgetFull(now: number): void {
    for (const [uid, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(uid);
  }

  /** Begins anew with full buckets, for limits that have changed. */
  reset(): void {
    this.#buckets = new Map();
  }
}
