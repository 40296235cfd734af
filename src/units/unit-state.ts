import type { Target } from "../protocol/target.ts";
import type { StagedCredential, UnitState } from "../protocol/unit-state.ts";
import type { UnitName } from "./pattern.ts";
import { escapeUnprintable } from "./printable.ts";
import type { RawUnit } from "./raw-unit.ts";

const STATUS_TEXT_CHARACTERS = 200;
const RUNNING = new Set(["active", "reloading", "deactivating"]);

/** The user's own words, made safe to print; at most 200 characters. */
export function escapeText(text: string): string {
  return Array.from(escapeUnprintable(text)).slice(0, STATUS_TEXT_CHARACTERS).join("");
}

const positive = (value: number): number | null => (value > 0 ? value : null);
const given = (text: string): string | null => (text === "" ? null : text);

/** What the wire shows of a unit. */
export function toUnitState(
  target: Target,
  unit: UnitName,
  raw: RawUnit,
  credentials: readonly StagedCredential[],
): UnitState {
  const hasRun = raw.ExecMainStartTimestampMonotonic > 0;
  const since = RUNNING.has(raw.ActiveState) ? positive(raw.ActiveEnterTimestamp) : null;
  return {
    unit,
    template: target.template,
    user: target.user,
    server: target.server,
    loadState: raw.LoadState,
    activeState: raw.ActiveState,
    subState: raw.SubState,
    result: given(raw.Result),
    statusText: given(escapeText(raw.StatusText)),
    mainPid: positive(raw.MainPID),
    execMainCode: hasRun ? raw.ExecMainCode : null,
    execMainStatus: hasRun ? raw.ExecMainStatus : null,
    nRestarts: raw.LoadState === "not-found" ? null : raw.NRestarts,
    invocationId: /^0*$/.test(raw.InvocationID) ? null : raw.InvocationID,
    activeSince: since === null ? null : new Date(since / 1000).toISOString(),
    memoryBytes: raw.MemoryCurrent,
    tasks: raw.TasksCurrent,
    cpuSeconds: raw.CPUUsageNSec === null ? null : raw.CPUUsageNSec / 1e9,
    needDaemonReload: raw.NeedDaemonReload,
    credentials: [...credentials],
  };
}
