import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { Target } from "../protocol/target.ts";
import type { UnitState } from "../protocol/unit-state.ts";
import type { UnitName } from "../units/pattern.ts";
import type { RawUnit } from "../units/raw-unit.ts";
import { targetOfUnit } from "../units/resolve.ts";
import type { Filter } from "./filter.ts";
import { isWithin } from "./filter.ts";
import { Gone, LaneGate } from "./lanes.ts";
import type { Services } from "./services.ts";
import {
  type Delivery,
  hasRoomToShow,
  type Impression,
  Subscription,
  type Subscriber,
} from "./subscription.ts";
import { BusError, BusUnavailable } from "./systemd/bus-errors.ts";
import { read, show } from "./unit-view.ts";
import { listVisible, whyHidden } from "./visible-units.ts";

const SUBSCRIPTIONS_PER_CONNECTION = 8;
const RETRY_MS = 1_000;
/** Of how many units that have changed the state is kept for the subscriptions that have yet to hear of it. */
const PEEKS_KEPT = 64;
const deliveries = new LaneGate({ places: 8, keptForRoot: 2, perUid: 1 });
/** Reasons for which a unit that was shown until now is shown once more, at its end. */
const LET_GO = new Set(["target-unknown", "target-not-eligible"]);

/** All subscriptions of all connections. */
export class Watchers {
  readonly #services: () => Services;
  readonly #subscriptions = new Set<Subscription>();
  /**
   * Hundreds of subscriptions may hear of one change. PID 1's answer is never older than the news that came before it,
   * and holds until the next.
   */
  readonly #peeks = new Map<string, Promise<RawUnit | null>>();

  /** @param services the daemon's parts, of which this is one itself */
  constructor(services: () => Services) {
    this.#services = services;
  }

  async subscribe(
    subscriber: Subscriber,
    filter: Filter,
  ): Promise<{ subscription: Subscription; units: UnitState[] }> {
    const mine = [...this.#subscriptions].filter((each) => each.subscriber === subscriber);
    if (mine.length >= SUBSCRIPTIONS_PER_CONNECTION) throw tooMany();
    const subscription = new Subscription(randomUUID(), subscriber, filter);
    // Listening begins before the snapshot is taken: what changes in between is delivered after it.
    this.#subscriptions.add(subscription);
    try {
      return { subscription, units: await this.#snapshot(subscription) };
    } catch (error) {
      this.#drop(subscription);
      throw error;
    }
  }

  /** @returns whether the connection had that subscription */
  unsubscribe(subscriber: Subscriber, id: string): boolean {
    const found = [...this.#subscriptions].find((each) => each.subscriber === subscriber && each.id === id);
    if (found) this.#drop(found);
    return found !== undefined;
  }

  /** Ends all subscriptions of a connection that is closed. */
  disconnected(subscriber: Subscriber): void {
    for (const each of this.#subscriptions) if (each.subscriber === subscriber) this.#drop(each);
  }

  changed({ unit, target }: { unit: string; target: Target }): void {
    this.#peeks.delete(unit);
    for (const each of this.#subscriptions) if (isWithin(each.filter, target)) each.push(unit);
  }

  /** Changes may have been missed, or what may be seen is another: everybody gets a snapshot. */
  resync(): void {
    this.#peeks.clear();
    for (const each of this.#subscriptions) each.overflow();
  }

  #drop(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    subscription.end();
  }

  #end(subscription: Subscription): void {
    this.#drop(subscription);
    subscription.subscriber.notify("watch-ended", { subscription: subscription.id });
  }

  /** Sends a subscription's news from now on: nothing of it may precede the reply that names it. */
  async deliver(subscription: Subscription): Promise<void> {
    const { subscriber } = subscription;
    for (;;) {
      // Room first, news second: what is taken off the queue is as fresh as can be.
      if (!(await subscriber.drained())) {
        this.#drop(subscription);
        return;
      }
      const delivery = await subscription.next();
      if (delivery === null) return;
      try {
        const { rotation, lane } = subscriber.services();
        // One change may be news for hundreds of subscriptions: each in its turn.
        const deliver = (): Promise<boolean> => this.#deliverOne(subscription, delivery);
        if (!(await deliveries.pass(lane, () => rotation.begin(lane.uid, deliver)))) return;
      } catch (error) {
        if (error instanceof Gone) {
          this.#drop(subscription);
          return;
        }
        if (error instanceof ProtocolError && error.code === "busy") {
          this.#end(subscription);
          return;
        }
        if (!(error instanceof BusUnavailable || error instanceof BusError)) {
          this.#services().log.error(
            { event: "watch-failed", err: error },
            "a subscription missed something",
          );
        }
        await delay(RETRY_MS, undefined, { ref: false });
        subscription.overflow();
      }
    }
  }

  /** @returns whether the subscription goes on */
  async #deliverOne(subscription: Subscription, delivery: Delivery): Promise<boolean> {
    if (!this.#mayWatch(subscription)) {
      this.#end(subscription);
      return false;
    }
    await (delivery === "snapshot"
      ? this.#sendSnapshot(subscription)
      : this.#sendUnit(subscription, delivery.unit));
    return true;
  }

  #mayWatch({ subscriber, filter }: Subscription): boolean {
    const template = filter.template === null ? {} : { template: filter.template };
    const question = { method: "watch", target: null, ...template };
    return decide(this.#policy(), subscriber.peer(), question, {}).verdict === "allow";
  }

  #policy(): Policy {
    const policy = this.#services().policy.current;
    if (policy === null) throw new Error("there is no subscription without a policy");
    return policy;
  }

  /** @throws ProtocolError where the subscriptions of the uid show too many units */
  async #snapshot(subscription: Subscription): Promise<UnitState[]> {
    const { subscriber, filter, shown, ended } = subscription;
    const units = ended
      ? []
      : await listVisible(subscriber.services(), this.#policy(), subscriber, "watch", filter);
    shown.clear();
    if (!hasRoomToShow(this.#subscriptions, subscription, units.length)) throw tooMany();
    for (const state of units) shown.set(state.unit, impressionOf(state));
    subscription.beganWith = units.length;
    return units;
  }

  async #sendSnapshot(subscription: Subscription): Promise<void> {
    const units = await this.#snapshot(subscription);
    if (subscription.ended) return;
    subscription.subscriber.notify("watch-overflow", { subscription: subscription.id, units });
  }

  async #sendUnit(subscription: Subscription, unit: string): Promise<void> {
    const found = targetOfUnit(this.#policy().templates.values(), unit);
    if (found === null) return;
    const { subscriber, shown } = subscription;
    const hidden = await whyHidden(
      subscriber.services(),
      this.#policy(),
      subscriber.peer(),
      "watch",
      found.target,
    );
    // A unit that was shown until now is shown once more, at its end.
    if (hidden !== null && !(LET_GO.has(hidden) && shown.has(unit))) return;
    const before = shown.get(unit);
    const state = await this.#lookAt(found, before !== undefined && isAlive(before));
    if (state === null || subscription.ended) return;
    const impression = impressionOf(state);
    if (hidden !== null && isAlive(impression) && state.activeState !== "failed") return;
    if (before === impression) return;
    if (hidden === null) shown.set(unit, impression);
    else shown.delete(unit);
    subscriber.notify("unit-changed", { subscription: subscription.id, unit: state });
    if (subscription.remembersTooMuch) subscription.overflow();
  }

  #peek(unit: UnitName): Promise<RawUnit | null> {
    const known = this.#peeks.get(unit);
    if (known !== undefined) return known;
    const asked = this.#services().systemd.peek(unit);
    const [oldest] = this.#peeks.keys();
    if (this.#peeks.size >= PEEKS_KEPT && oldest !== undefined) this.#peeks.delete(oldest);
    this.#peeks.set(unit, asked);
    asked.catch(() => {
      if (this.#peeks.get(unit) === asked) this.#peeks.delete(unit);
    });
    return asked;
  }

  /**
   * Reads a unit that has changed. One that is not in memory any more is loaded, for the last time, only if the peer
   * still takes it for one that is: loading makes it change again.
   */
  async #lookAt(found: { unit: UnitName; target: Target }, wasAlive: boolean): Promise<UnitState | null> {
    const services = this.#services();
    const raw = await this.#peek(found.unit);
    if (raw !== null) return show(services, found, raw);
    return wasAlive ? read(services, found) : null;
  }
}

const tooMany = (): ProtocolError => new ProtocolError("busy", { retryAfterMs: 1000 });

/** With it, nobody whose words are in a state can make two states look the same. */
const KEY = randomBytes(32);
const ESSENCE_BYTES = 6;

/** What is the same but for figures that change all the time is no news. */
function impressionOf(state: UnitState): Impression {
  const essence = JSON.stringify({ ...state, memoryBytes: null, tasks: null, cpuSeconds: null });
  const digest = createHmac("sha256", KEY).update(essence).digest();
  return 2 * digest.readUIntBE(0, ESSENCE_BYTES) + (state.activeState === "inactive" ? 0 : 1);
}

const isAlive = (impression: Impression): boolean => impression % 2 === 1;
