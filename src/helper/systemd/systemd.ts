import type { Variant } from "dbus-next";
import type { UnitName } from "../../units/pattern.ts";
import type { RawUnit, UnitGlance } from "../../units/raw-unit.ts";
import type { Lane } from "../lanes.ts";
import { BusError } from "./bus-errors.ts";
import type { Manager } from "./manager.ts";
import {
  type Properties,
  toProperties,
  toRawUnit,
  toUnitGlance,
  toUnitIdentity,
  type UnitIdentity,
} from "./properties.ts";
import { type Caller, MANAGER, MANAGER_PATH } from "./session.ts";
import { permissionsStartOnly } from "./start-only.ts";

/** The job mode, always: nothing that a caller sends reaches it. */
const MODE = "replace";
const PROPERTIES = "org.freedesktop.DBus.Properties";
const UNIT_INTERFACE = "org.freedesktop.systemd1.Unit";
/** An empty name asks for the properties of all of an object's interfaces at once. */
const ALL_INTERFACES = "";
const NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";
const NO_UNIT_FOR_PID = "org.freedesktop.systemd1.NoUnitForPID";

/** A unit of the list that PID 1 keeps in memory. */
export interface ListedUnit {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
}

/** PID 1, asked for one lane: what waits for the bus is dropped with its connection. */
export class Systemd {
  readonly #manager: Manager;
  readonly #lane: Lane;

  constructor(manager: Manager, lane: Lane) {
    this.#manager = manager;
    this.#lane = lane;
  }

  inLane(lane: Lane): Systemd {
    return new Systemd(this.#manager, lane);
  }

  /** @throws BusUnavailable, BusError */
  async connect(): Promise<Caller> {
    return (await this.#manager.connect()).inLane(this.#lane);
  }

  /** Ends the connection, for all lanes. */
  close(): Promise<void> {
    return this.#manager.close();
  }

  /** Starts a unit and waits for its job. */
  async start(unit: UnitName, queued: () => void): Promise<string> {
    return this.#job("StartUnit", unit, queued);
  }

  /** Stops a unit and waits for its job; null when the unit is not loaded. */
  async stop(unit: UnitName): Promise<string | null> {
    return orNull(() => this.#job("StopUnit", unit, () => undefined));
  }

  /** Forgets that a unit failed. A unit that is not loaded has nothing to forget. */
  async resetFailed(unit: UnitName): Promise<void> {
    await orNull(() => this.#call("ResetFailedUnit", "s", unit));
  }

  /** Keeps a unit in memory, and its Result with it, until `unref` or the end of the connection. */
  async ref(unit: UnitName): Promise<void> {
    await this.#call("RefUnit", "s", unit);
  }

  async unref(unit: UnitName): Promise<void> {
    await orNull(() => this.#call("UnrefUnit", "s", unit));
  }

  /** Reads a unit, which PID 1 loads for that. A unit without a file has `LoadState` `not-found`. */
  async load(unit: UnitName): Promise<RawUnit> {
    const session = await this.connect();
    const [path] = await session.manager("LoadUnit", "s", unit);
    return toRawUnit(await getAll(session, String(path), ALL_INTERFACES));
  }

  /** Reads a unit that PID 1 has in memory; null for any other. */
  async peek(unit: UnitName): Promise<RawUnit | null> {
    const properties = await this.#inMemory(unit, ALL_INTERFACES);
    return properties && toRawUnit(properties);
  }

  /** Reads what any unit has of one that PID 1 has in memory, which is much less than a service has; null for any other. */
  async glance(unit: UnitName): Promise<UnitGlance | null> {
    const properties = await this.#inMemory(unit, UNIT_INTERFACE);
    return properties && toUnitGlance(properties);
  }

  #inMemory(unit: UnitName, iface: string): Promise<Properties | null> {
    return orNull(async () => {
      const session = await this.connect();
      const [path] = await session.manager("GetUnit", "s", unit);
      return getAll(session, String(path), iface);
    });
  }

  /** Whose account the processes of any unit have; null where there is no such unit. */
  async identity(unit: string): Promise<UnitIdentity | null> {
    // systemd takes an empty name for the unit of whoever asks, which is us.
    if (unit === "") return null;
    const session = await this.connect();
    try {
      const [path] = await session.manager("LoadUnit", "s", unit);
      return toUnitIdentity(await getAll(session, String(path), ALL_INTERFACES));
    } catch (error) {
      if (error instanceof BusError) return null; // not even the name of one
      throw error;
    }
  }

  /** Whether a unit has `PermissionsStartOnly=`. */
  async permissionsStartOnly(unit: UnitName): Promise<boolean> {
    return permissionsStartOnly(await this.connect(), unit);
  }

  /** The units in memory whose names match one of the globs, and that are in one of the states where any are given. */
  async list(globs: readonly string[], states: readonly string[] = []): Promise<ListedUnit[]> {
    const [units] = await this.#call("ListUnitsByPatterns", "asas", states, globs);
    return (units as string[][]).map(([name = "", , loadState = "", activeState = ""]) => ({
      name,
      loadState,
      activeState,
    }));
  }

  /** How many units PID 1 has in memory. */
  async unitCount(): Promise<number> {
    return Number(await getOne(await this.connect(), MANAGER_PATH, MANAGER, "NNames"));
  }

  /** The unit that a process belongs to; null for none. */
  async unitOfPid(pid: number): Promise<string | null> {
    try {
      const session = await this.connect();
      const [path] = await session.manager("GetUnitByPID", "u", pid);
      return String(await getOne(session, String(path), UNIT_INTERFACE, "Id"));
    } catch (error) {
      if (error instanceof BusError && [NO_UNIT_FOR_PID, NO_SUCH_UNIT].includes(error.errorName)) return null;
      throw error;
    }
  }

  async #job(member: "StartUnit" | "StopUnit", unit: UnitName, queued: () => void): Promise<string> {
    return this.#manager.jobs.run(
      async () => String((await this.#call(member, "ss", unit, MODE))[0]),
      queued,
    );
  }

  async #call(member: string, signature: string, ...body: unknown[]): Promise<readonly unknown[]> {
    return (await this.connect()).manager(member, signature, ...body);
  }
}

async function getAll(session: Caller, path: string, iface: string): Promise<Properties> {
  const [properties] = await session.call(path, PROPERTIES, "GetAll", "s", iface);
  return toProperties(properties);
}

async function getOne(session: Caller, path: string, iface: string, name: string): Promise<unknown> {
  const [variant] = await session.call(path, PROPERTIES, "Get", "ss", iface, name);
  return (variant as Variant).value;
}

/** Null in the place of "no such unit". */
async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BusError && error.errorName === NO_SUCH_UNIT) return null;
    throw error;
  }
}
