import { describe, expect, test } from "@jest/globals";
import {
  hasRoomToShow,
  Subscription,
  type Delivery,
  type Subscriber,
} from "../../src/helper/subscription.ts";

const subscriber: Subscriber = {
  peer: () => ({ uid: 1000, gid: 1000, groups: [], unit: null }),
  services: () => {
    throw new Error("nothing is delivered here");
  },
  notify: () => undefined,
  hasRoom: () => true,
  isGone: () => false,
  drained: () => Promise.resolve(true),
  allDrained: () => Promise.resolve(true),
};
const subscription = (): Subscription => new Subscription("1", subscriber, { template: null, user: null });

const show = (shown: Subscription, units: number): void => {
  for (let at = 0; at < units; at++) shown.shown.set(`unit-${at}`, 1);
};

test("the subscriptions of one uid share what may be shown, and another uid has its own", () => {
  const other = new Subscription(
    "2",
    { ...subscriber, peer: () => ({ uid: 1001, gid: 1001, groups: [], unit: null }) },
    { template: null, user: null },
  );
  const all = Array.from({ length: 8 }, subscription);
  for (const each of all) show(each, 2000);
  const next = subscription();
  expect(hasRoomToShow([...all, next], next, 384)).toBe(true);
  expect(hasRoomToShow([...all, next], next, 385)).toBe(false);
  expect(hasRoomToShow([...all, other], other, 16_384)).toBe(true);
});

test("a subscription that has shown many units since its snapshot remembers too much", () => {
  const queue = subscription();
  queue.beganWith = 100;
  show(queue, 356);
  expect(queue.remembersTooMuch).toBe(false);
  show(queue, 357);
  expect(queue.remembersTooMuch).toBe(true);
});

const take = async (from: Subscription, count: number): Promise<(Delivery | null)[]> => {
  const taken: (Delivery | null)[] = [];
  for (let at = 0; at < count; at++) taken.push(await from.next());
  return taken;
};

describe("Subscription", () => {
  test("holds one entry a unit, however often the unit changes", async () => {
    const queue = subscription();
    for (let at = 0; at < 100_000; at++) queue.push(`unit-${at % 3}`);
    expect(await take(queue, 3)).toEqual([{ unit: "unit-0" }, { unit: "unit-1" }, { unit: "unit-2" }]);
    queue.end();
    expect(await queue.next()).toBeNull();
  });

  test("drops the news of too many units for one snapshot", async () => {
    const queue = subscription();
    for (let at = 0; at < 100_000; at++) queue.push(`unit-${at}`);
    expect(await queue.next()).toBe("snapshot");
    queue.push("unit-after");
    expect(await queue.next()).toEqual({ unit: "unit-after" });
  });

  test("wakes whoever waits for the next news", async () => {
    const queue = subscription();
    const next = queue.next();
    queue.push("unit");
    expect(await next).toEqual({ unit: "unit" });
  });

  test("ends for whoever waits", async () => {
    const queue = subscription();
    const next = queue.next();
    queue.end();
    expect(await next).toBeNull();
  });
});
