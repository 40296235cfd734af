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

/** Takes away the credentials and the records of units that have ended by themselves. */
export class Collector {
  readonly #parts: Parts;
  readonly #considered = new Set<string>();
  #sweep: NodeJS.Timeout | undefined;

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

  /** Looks again when a set that was replaced just now may be unlinked. */
  collectLater(): void {
    clearTimeout(this.#sweep);
    this.#sweep = setTimeout(() => void this.collectAll(), REPLACED_MS).unref();
  }

  async collectAll(): Promise<void> {
    const { store, records, unitAt, log } = this.#parts;
    try {
      store.sweep();
      store.tidy(unitAt);
      const units = new Set([...store.units(), ...records.units()]);
      await Promise.all([...units].map((unit) => this.collect(unit)));
    } catch (error) {
      log.error({ event: "collect-failed", err: error }, "could not look after staged credentials");
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
    for (const unit of units) void this.collect(unit);
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
