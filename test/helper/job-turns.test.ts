import { describe, expect, test } from "@jest/globals";
import { JobTurns } from "../../src/helper/job-turns.ts";

/** More than there are places, of either kind. */
const MANY = 400;
const LONG_MS = 60_000;
type Give = () => void;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks for so many places, and lists those that were given. */
async function fill(turns: JobTurns, kind: "start" | "stop", count = MANY): Promise<Give[]> {
  const given: Give[] = [];
  for (let at = 0; at < count; at++) {
    const unit = `${kind}-${at}`;
    const turn = kind === "start" ? turns.start(unit, LONG_MS) : turns.stop(unit);
    turn.then(
      (give) => given.push(give),
      () => undefined,
    );
  }
  await settled();
  return given;
}

/** Ends all waits, so that no timer is left. */
async function finish(turns: JobTurns, ...lists: Give[][]): Promise<void> {
  for (let at = 0; at < MANY; at++)
    turns.stop(`start-${at}`).then(
      (give) => give(),
      () => undefined,
    );
  for (const given of lists) while (given.length > 0) given.pop()?.();
  await settled();
}

describe("jobs that are under way", () => {
  test("stay below what dbus-daemon allows PID 1, two match rules a start and one a stop", async () => {
    const turns = new JobTurns();
    const starts = await fill(turns, "start");
    const stops = await fill(turns, "stop");
    expect(2 * starts.length + stops.length).toBeLessThan(450);
    expect(starts.length).toBeGreaterThanOrEqual(128);
    await finish(turns, starts, stops);
  });

  test("make room for the next when they end, in the order in which those came", async () => {
    const turns = new JobTurns();
    const given = await fill(turns, "start");
    const before = given.length;
    given[0]?.();
    given[1]?.();
    await settled();
    expect(given.length).toBe(before + 2);
    await finish(turns, given);
  });
});

test("starts of one unit share a place: PID 1 has one job for them", async () => {
  const turns = new JobTurns();
  const given = await fill(turns, "start");
  const before = given.length;
  const again = await turns.start("start-0", LONG_MS);
  given.shift()?.();
  await settled();
  expect(given.length).toBe(before - 1);
  again();
  await settled();
  expect(given.length).toBe(before);
  await finish(turns, given);
});

describe("a stop", () => {
  test("never waits for starts, and interrupts those of its unit that wait", async () => {
    const turns = new JobTurns();
    const given = await fill(turns, "start");
    const waiting = turns.start("zoe.service", LONG_MS);
    const stop = turns.stop("zoe.service");
    await expect(waiting).rejects.toMatchObject({ code: "interrupted", details: { unit: "zoe.service" } });
    (await stop)();
    await finish(turns, given);
  });

  test("that waits for other stops is not overtaken by a start of the same unit that came later", async () => {
    const turns = new JobTurns();
    const given = await fill(turns, "stop", 100);
    const order: string[] = [];
    const stop = turns.stop("zoe.service").then((give) => (order.push("stop"), give));
    const start = turns.start("zoe.service", LONG_MS).then((give) => (order.push("start"), give));
    (await turns.start("wash.service", LONG_MS))();
    expect(order).toEqual([]);
    given[0]?.();
    await Promise.all([stop, start]);
    expect(order).toEqual(["stop", "start"]);
    await finish(turns, given);
  });
});

test("a start that finds no place in its time is answered busy", async () => {
  const turns = new JobTurns();
  const given = await fill(turns, "start");
  await expect(turns.start("zoe.service", 5)).rejects.toMatchObject({ code: "busy" });
  await finish(turns, given);
});
