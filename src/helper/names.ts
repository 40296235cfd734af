import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Account, NameService } from "../policy/types.ts";
import { monotonicMs } from "./clock.ts";
import { type Lane, LaneGate } from "./lanes.ts";
import { nameService, userNameOf } from "./posix/accounts.ts";
import { IN_HAND_PER_UID } from "./shares.ts";

/**
 * A look-up may take as long as a directory server does. A uid has a place for each of its requests in hand: a request
 * that waited for another's look-up would show how long that one took. UV_THREADPOOL_SIZE= of helper.service is larger.
 */
const gate = new LaneGate({ places: 36, keptForRoot: 4, perUid: IN_HAND_PER_UID });

/** A refusal leaves at a multiple of this after its request came, in milliseconds, or of this doubled a few times. */
export const LEAST_PERIOD_MS = 25;
const MOST_PERIOD_MS = LEAST_PERIOD_MS * 2 ** 7;
/** How many look-ups that miss fit into a period: an account, its groups, a group of the policy's, and time to spare. */
const MISSES_IN_PERIOD = 4;
/** How many are measured. The quickest counts: load delays the others, and says nothing about the directory. */
const MISSES_MEASURED = 3;
const MEASURED_FOR_MS = 5 * 60_000;
/** How long a refusal waits for the first measurement, in milliseconds. */
const LONGEST_MISS_MS = 1_000;

/** How long it takes to learn that an account does not exist: no directory has one of this name, and no cache. */
async function timeMiss(): Promise<number> {
  const began = performance.now();
  await nameService.userByName(`nobody-${randomBytes(8).toString("hex")}`);
  return performance.now() - began;
}

function periodFor(missMs: number): number {
  let periodMs = LEAST_PERIOD_MS;
  while (periodMs < MISSES_IN_PERIOD * missMs && periodMs < MOST_PERIOD_MS) periodMs *= 2;
  return periodMs;
}

let periodMs = LEAST_PERIOD_MS;
let measuredAtMs = -Infinity;
let measuring: Promise<void> = Promise.resolve();

async function measure(): Promise<void> {
  const isFirst = measuredAtMs === -Infinity;
  measuredAtMs = monotonicMs();
  const misses = Promise.all(Array.from({ length: MISSES_MEASURED }, timeMiss));
  // A directory that cannot be asked answers nobody, and its look-ups do not end in a refusal.
  const known = misses.then(
    (times) => void (periodMs = periodFor(Math.min(...times))),
    () => undefined,
  );
  if (isFirst) measuring = Promise.race([known, delay(LONGEST_MISS_MS, undefined, { ref: false })]);
  await measuring;
}

/** The period of refusals: longer than what is looked up for any of them takes, so that it shows in none. */
export async function periodOfRefusals(): Promise<number> {
  if (monotonicMs() - measuredAtMs >= MEASURED_FOR_MS) await measure();
  else await measuring;
  return periodMs;
}

/** The account database, asked for one lane: what waits for a thread is dropped with its connection. */
export class Names implements NameService {
  readonly #lane: Lane;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  inLane(lane: Lane): Names {
    return new Names(lane);
  }

  userByName(name: string): Promise<Account | null> {
    return gate.pass(this.#lane, () => nameService.userByName(name));
  }

  groupByName(name: string): Promise<number | null> {
    return gate.pass(this.#lane, () => nameService.groupByName(name));
  }

  /** The name of a uid, or null. */
  nameOfUid(uid: number): Promise<string | null> {
    return gate.pass(this.#lane, () => userNameOf(uid));
  }
}
