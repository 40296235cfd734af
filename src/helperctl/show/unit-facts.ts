import type { UnitProperties } from "../machine/machine.ts";
import type { Resources, ShownSlice, ShownUnit } from "./shown.ts";

/** systemd's "infinity" and "not known": the largest number of 64 bits. */
const INFINITY = 2n ** 64n - 1n;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

const textOf = (properties: UnitProperties, name: string): string | null => {
  const value = properties[name];
  return typeof value === "string" && value !== "" ? value : null;
};

function numberOf(properties: UnitProperties, name: string): number | null {
  const value = properties[name];
  if (value === INFINITY) return null;
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : null;
}

const scaled = (number: number | null, unit: number): number | null =>
  number === null ? null : number / unit;

function timeOf(properties: UnitProperties, name: string): string | null {
  const microseconds = numberOf(properties, name);
  return microseconds === null || microseconds === 0 ? null : new Date(microseconds / 1000).toISOString();
}

function textsOf(properties: UnitProperties, name: string): string[] {
  const value = properties[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** What a unit uses and may use. A root slice that nothing limits has no limits among its properties. */
export function toResources(properties: UnitProperties): Resources {
  const number = (name: string): number | null => numberOf(properties, name);
  return {
    memory: {
      used: number("MemoryCurrent"),
      limit: number("MemoryMax"),
      high: number("MemoryHigh"),
      peak: number("MemoryPeak"),
    },
    tasks: { used: number("TasksCurrent"), limit: number("TasksMax") },
    cpu: {
      used: scaled(number("CPUUsageNSec"), NANOSECONDS),
      limit: scaled(number("CPUQuotaPerSecUSec"), MICROSECONDS),
    },
  };
}

export const toShownSlice = (name: string, properties: UnitProperties): ShownSlice => ({
  name,
  ...toResources(properties),
});

/** The slice that a unit is in; null for `-.slice`, and for what does not run in any. */
export const sliceOf = (properties: UnitProperties): string | null => textOf(properties, "Slice");

export function toShownUnit(properties: UnitProperties): ShownUnit {
  return {
    description: textOf(properties, "Description") ?? "",
    fragmentPath: textOf(properties, "FragmentPath"),
    dropInPaths: textsOf(properties, "DropInPaths"),
    type: textOf(properties, "Type"),
    user: textOf(properties, "User"),
    slice: sliceOf(properties),
    controlGroup: textOf(properties, "ControlGroup"),
    stateChanged: timeOf(properties, "StateChangeTimestamp"),
    ...toResources(properties),
  };
}

/** The object path of the job that is queued for a unit; null: none is. */
export function jobPathOf(properties: UnitProperties): string | null {
  const job = properties["Job"];
  if (!Array.isArray(job)) return null;
  const [id, path] = job as unknown[];
  return id === 0 || typeof path !== "string" ? null : path;
}
