import type { Variant } from "dbus-next";
import type { ExecLine, RawUnit, Source, UnitGlance } from "../../units/raw-unit.ts";
import { EXEC_DIRECTIVES } from "../../units/raw-unit.ts";

/** Every property of a unit by systemd's names: org.freedesktop.systemd1(5). */
export type Properties = Readonly<Record<string, unknown>>;

/** What `Properties.GetAll` replies, without the wrapping. In place: there are three hundred, and the daemon has no JIT. */
export function toProperties(reply: unknown): Properties {
  const properties = reply as Record<string, unknown>;
  for (const name in properties) properties[name] = (properties[name] as Variant).value;
  return properties;
}

const valueOf = (properties: Properties, name: string): unknown => properties[name];
const text = (p: Properties, name: string): string => (valueOf(p, name) as string | undefined) ?? "";
const flag = (p: Properties, name: string): boolean => valueOf(p, name) === true;
const number = (p: Properties, name: string): number => Number(valueOf(p, name) ?? 0);
const texts = (p: Properties, name: string): string[] => (valueOf(p, name) as string[] | undefined) ?? [];

/** systemd's "not known": the largest number of 64 bits. */
const UNKNOWN = 2n ** 64n - 1n;
const measured = (p: Properties, name: string): number | null => {
  const value = valueOf(p, name);
  return value === undefined || value === UNKNOWN ? null : Number(value);
};

/** `a(sasasttttuii)`: path, argv, flags, four timestamps, pid, code, status. */
type ExecTuple = [string, string[], string[], bigint, bigint, bigint, bigint, number, number, number];

const execLines = (p: Properties): ExecLine[] =>
  EXEC_DIRECTIVES.flatMap((directive) =>
    ((valueOf(p, `${directive}Ex`) as ExecTuple[] | undefined) ?? []).map(
      ([path, , flags, , , , , , , status]) => ({ directive, path, flags, status }),
    ),
  );

/** Properties that name what PID 1 reads for the unit: how each entry reads as a line and a path. */
const SOURCES: Readonly<Record<string, (entry: readonly [string, string]) => Source>> = {
  LoadCredential: ([id, path]) => ({ line: `LoadCredential=${id}`, path }),
  LoadCredentialEncrypted: ([id, path]) => ({ line: `LoadCredentialEncrypted=${id}`, path }),
  EnvironmentFiles: ([path]) => ({ line: "EnvironmentFile=", path }),
  OpenFile: ([path]) => ({ line: "OpenFile=", path }),
};

const sources = (p: Properties): Source[] =>
  Object.entries(SOURCES).flatMap(([name, sourceOf]) =>
    ((valueOf(p, name) as [string, string][] | undefined) ?? []).map((entry) => sourceOf(entry)),
  );

const hex = (p: Properties, name: string): string =>
  Buffer.from((valueOf(p, name) as Uint8Array | undefined) ?? []).toString("hex");

/** Picks what we read of any unit. */
export function toUnitGlance(p: Properties): UnitGlance {
  const [job] = (valueOf(p, "Job") as [number, string] | undefined) ?? [0];
  return {
    Id: text(p, "Id"),
    ActiveState: text(p, "ActiveState"),
    InvocationID: hex(p, "InvocationID"),
    Job: job,
  };
}

/** Whose account the processes of a service have, by systemd's words. */
export interface UnitIdentity {
  /** Names or numbers; an empty one is root. */
  readonly user: string;
  /** Empty: the account's own. */
  readonly group: string;
  readonly supplementaryGroups: readonly string[];
  readonly dynamicUser: boolean;
}

/** Picks the account of a service. Null: there is no such unit, or it has no processes. */
export function toUnitIdentity(p: Properties): UnitIdentity | null {
  if (text(p, "LoadState") !== "loaded" || valueOf(p, "User") === undefined) return null;
  return {
    user: text(p, "User"),
    group: text(p, "Group"),
    supplementaryGroups: texts(p, "SupplementaryGroups"),
    dynamicUser: flag(p, "DynamicUser"),
  };
}

/** Picks what we read of a service. */
export function toRawUnit(p: Properties): RawUnit {
  return {
    ...toUnitGlance(p),
    LoadState: text(p, "LoadState"),
    SubState: text(p, "SubState"),
    FragmentPath: text(p, "FragmentPath"),
    SourcePath: text(p, "SourcePath"),
    DropInPaths: texts(p, "DropInPaths"),
    Transient: flag(p, "Transient"),
    NeedDaemonReload: flag(p, "NeedDaemonReload"),
    ActiveEnterTimestamp: number(p, "ActiveEnterTimestamp"),
    ActiveEnterTimestampMonotonic: number(p, "ActiveEnterTimestampMonotonic"),
    InactiveEnterTimestampMonotonic: number(p, "InactiveEnterTimestampMonotonic"),
    ConditionResult: flag(p, "ConditionResult"),
    ConditionTimestampMonotonic: number(p, "ConditionTimestampMonotonic"),
    Type: text(p, "Type"),
    Result: text(p, "Result"),
    StatusText: text(p, "StatusText"),
    MainPID: number(p, "MainPID"),
    ExecMainStartTimestampMonotonic: number(p, "ExecMainStartTimestampMonotonic"),
    ExecMainCode: number(p, "ExecMainCode"),
    ExecMainStatus: number(p, "ExecMainStatus"),
    NRestarts: number(p, "NRestarts"),
    MemoryCurrent: measured(p, "MemoryCurrent"),
    TasksCurrent: measured(p, "TasksCurrent"),
    CPUUsageNSec: measured(p, "CPUUsageNSec"),
    User: text(p, "User"),
    DynamicUser: flag(p, "DynamicUser"),
    StandardOutput: text(p, "StandardOutput"),
    StandardError: text(p, "StandardError"),
    ExecLines: execLines(p),
    Sources: sources(p),
  };
}
