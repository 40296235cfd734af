import { isAtRest } from "../units/raw-unit.ts";
import { BusError, BusUnavailable } from "./systemd/bus-errors.ts";
import { monotonicMs } from "./clock.ts";
import { isOver, wasStarted } from "./credentials/lifetime.ts";
import { type CredentialStore, REPLACED_MS } from "./credentials/store.ts";
import type { Log } from "./log.ts";
import type { Operations } from "./operations.ts";
import type { StartRecords } from "./start-records.ts";
import type { Systemd } from "./systemd/systemd.ts";
import type { SetPath } from "../units/credential-path.ts";
import type { UnitName } from "../units/pattern.ts";

interface Parts {
  readonly store: CredentialStore;
  readonly records: StartRecords;
  readonly systemd: Systemd;
  readonly operations: Operations;
  /** Whose set lies at a path below the staging directory, by the policy; null: nobody's. */
  readonly unitAt: (path: SetPath) => UnitName | null;
  readonly log: Log;
}

const INTERVAL_MS = 60_000;
/** A hub can have thousands of sets: so many are looked at side by side, and others get their turn in between. */
const LOOKS_AT_ONCE = 4;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs what takes long step by step; the event loop goes on in between. */
async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await turn();
  }
}

/** Takes away the credentials and the records of units that have ended by themselves. */
export class Collector {
  readonly #parts: Parts;
  readonly #considered = new Set<string>();
  #sweep: NodeJS.Timeout | undefined;
  #isCollecting = false;
  /** The units that are being looked at because they changed, and those of them that have changed again. */
  readonly #looking = new Set<string>();
  readonly #again = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks at everything now, and again every minute. */
  start(): void {
    this.#copyOldSets();
    void this.collectAll();
    setInterval(() => void this.collectAll(), INTERVAL_MS).unref();
  }

  /** At once, before the admin can reload units that were started by an older helper. */
  #copyOldSets(): void {
    const { store, log } = this.#parts;
    try {
      store.copyOldSets();
    } catch (error) {
      log.error({ event: "copy-failed", err: error }, "could not copy the credentials of an older version");
    }
  }

  /** Unlinks replaced sets a while after they were; a hub that goes on replacing does not put that off. */
  sweepLater(): void {
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined;
      void this.#sweepNow();
    }, REPLACED_MS).unref();
  }

  async #sweepNow(): Promise<void> {
    const { store, log } = this.#parts;
    try {
      if (await inSteps(store.sweep())) this.sweepLater();
    } catch (error) {
      log.error({ event: "collect-failed", err: error }, "could not unlink replaced credentials");
    }
  }

  async collectAll(): Promise<void> {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    const { store, records, unitAt, log } = this.#parts;
    try {
      await this.#sweepNow();
      await inSteps(store.tidy(unitAt));
      const units = new Set([...store.units(), ...records.units()]).values();
      const looks = Array.from({ length: LOOKS_AT_ONCE }, async () => {
        for (const unit of units) {
          await this.collect(unit);
          await turn();
        }
      });
      await Promise.all(looks);
    } catch (error) {
      log.error({ event: "collect-failed", err: error }, "could not look after staged credentials");
    } finally {
      this.#isCollecting = false;
    }
  }

  /** Looks at a unit that has changed, once for all the changes that come together. */
  consider(unit: string): void {
    if (this.#considered.size === 0) setImmediate(() => this.#collectConsidered());
    this.#considered.add(unit);
  }

  #collectConsidered(): void {
    const units = [...this.#considered];
    this.#considered.clear();
    for (const unit of units) void this.#look(unit);
  }

  /** One look at a time: a unit may change faster than PID 1 answers. */
  async #look(unit: string): Promise<void> {
    if (this.#looking.has(unit)) {
      this.#again.add(unit);
      return;
    }
    this.#looking.add(unit);
    do await this.collect(unit);
    while (this.#again.delete(unit));
    this.#looking.delete(unit);
  }

  /** Looks at one unit. What is read and what is removed belong together: nothing of ours may run in between. */
  async collect(unit: string): Promise<void> {
    const { store, records, systemd, operations, log } = this.#parts;
    if (operations.underWay(unit)) return;
    try {
      if (store.generation(unit) === null && records.read(unit) === null) return;
      const raw = await systemd.glance(unit as UnitName);
      if (operations.underWay(unit)) return;
      const set = store.record(unit, raw?.InvocationID ?? "");
      if (set !== null && isOver(set, raw, monotonicMs())) store.remove(unit);
      // Once the unit has ended PID 1 may forget it, and with it that somebody else started it.
      else if (set !== null && wasStarted(set, raw)) store.markStarted(unit as UnitName, set.generation);
      if (raw === null || isAtRest(raw)) records.remove(unit);
    } catch (error) {
      // Without PID 1 nothing can be judged, and nothing is removed; the next look is a minute away.
      if (error instanceof BusUnavailable || error instanceof BusError) return;
      log.error({ event: "collect-failed", unit, err: error }, "could not look after staged credentials");
    }
  }
}
