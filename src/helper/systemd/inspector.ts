import type { Variant } from "dbus-next";
import { BusError } from "./bus-errors.ts";
import type { Properties } from "./properties.ts";
import { toProperties } from "./properties.ts";
import { permissionsStartOnly } from "./start-only.ts";
import { MANAGER, MANAGER_PATH, Session } from "./session.ts";

const PROPERTIES = "org.freedesktop.DBus.Properties";
const JOB = "org.freedesktop.systemd1.Job";

export type UnitProperties = Properties;

/** What systemd does not have, or does not take for a name, is null. */
async function orNull<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof BusError) return null;
    throw error;
  }
}

/** PID 1 as somebody sees it who only looks, and needs no privilege for that. The daemon has no use for it. */
export class Inspector {
  #session: Promise<Session> | null = null;

  #connect(): Promise<Session> {
    this.#session ??= Session.open(null);
    return this.#session;
  }

  /** Reads a unit, which PID 1 loads for that; one without a file has `LoadState` `not-found`. Null: no unit's name. */
  unit(name: string): Promise<UnitProperties | null> {
    return orNull(this.#properties(name));
  }

  async #properties(name: string): Promise<UnitProperties> {
    const session = await this.#connect();
    const [path] = await session.manager("LoadUnit", "s", name);
    const [properties] = await session.call(String(path), PROPERTIES, "GetAll", "s", "");
    return toProperties(properties);
  }

  /** Whether a unit has `PermissionsStartOnly=`. */
  async permissionsStartOnly(unit: string): Promise<boolean> {
    return permissionsStartOnly(await this.#connect(), unit);
  }

  /** Names of the units in memory that match one of the globs. */
  async unitsInMemory(globs: readonly string[]): Promise<string[]> {
    const session = await this.#connect();
    const [units] = await session.manager("ListUnitsByPatterns", "asas", [], globs);
    return (units as string[][]).map(([name = ""]) => name);
  }

  /** Paths of the unit files whose names match one of the globs. */
  async unitFiles(globs: readonly string[]): Promise<string[]> {
    const session = await this.#connect();
    const [files] = await session.manager("ListUnitFilesByPatterns", "asas", [], globs);
    return (files as string[][]).map(([path = ""]) => path);
  }

  /** `enabled`, `disabled`, `static` ...; null where there is no such file. */
  async fileState(unit: string): Promise<string | null> {
    const session = await this.#connect();
    const answer = await orNull(session.manager("GetUnitFileState", "s", unit));
    return answer === null ? null : String(answer[0]);
  }

  /** A property of PID 1 itself, such as `Version`. */
  async managerProperty(name: string): Promise<unknown> {
    const session = await this.#connect();
    const [variant] = await session.call(MANAGER_PATH, PROPERTIES, "Get", "ss", MANAGER, name);
    return (variant as Variant).value;
  }

  /** The process that owns a name on the bus; null: nobody does. */
  async busOwner(name: string): Promise<number | null> {
    const session = await this.#connect();
    const answer = await orNull(session.toBus("GetConnectionUnixProcessID", name));
    return answer === null ? null : Number(answer[0]);
  }

  /** Whether a process has a connection to the bus. */
  async isOnBus(pid: number): Promise<boolean> {
    const session = await this.#connect();
    const [names] = await session.toBus("ListNames");
    const connections = (names as string[]).filter((name) => name.startsWith(":"));
    return (await Promise.all(connections.map((name) => this.busOwner(name)))).includes(pid);
  }

  /** A job by its object path: what it does, and whether it is `waiting` or `running`. Null: it is done. */
  async job(path: string): Promise<{ type: string; state: string } | null> {
    const session = await this.#connect();
    const answer = await orNull(session.call(path, PROPERTIES, "GetAll", "s", JOB));
    if (answer === null) return null;
    const { JobType, State } = answer[0] as Record<string, Variant | undefined>;
    return { type: String(JobType?.value), state: String(State?.value) };
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    session?.close();
  }
}
