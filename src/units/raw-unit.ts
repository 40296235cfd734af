/** The directives of a service that run something: systemd.service(5). */
export const EXEC_DIRECTIVES = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;

/** One command line of a service, as systemd has parsed it. */
export interface ExecLine {
  readonly directive: string;
  readonly path: string;
  /** `privileged` is `+`, `no-setuid` is `!`, `ambient` is `!!`. */
  readonly flags: readonly string[];
  /** The exit status of its last run; 0 when it has not run. */
  readonly status: number;
}

/** A file or directory that PID 1 reads as root and hands to the processes of the unit. */
export interface Source {
  /** The directive, with the id of a credential: `LoadCredential=hub`. */
  readonly line: string;
  /** As systemd has parsed it, with no specifier left. */
  readonly path: string;
}

/** What is read of a unit to see whether it rests, by systemd's names: org.freedesktop.systemd1(5). */
export interface UnitGlance {
  readonly Id: string;
  readonly ActiveState: string;
  /** Hexadecimal; empty where the unit has not run since it was loaded. */
  readonly InvocationID: string;
  /** The id of the job that is queued for the unit; 0: none. */
  readonly Job: number;
}

/** The properties of a loaded service unit that we read. */
export interface RawUnit extends UnitGlance {
  readonly LoadState: string;
  readonly SubState: string;
  readonly FragmentPath: string;
  readonly SourcePath: string;
  readonly DropInPaths: readonly string[];
  readonly Transient: boolean;
  readonly NeedDaemonReload: boolean;
  /** Microseconds since 1970; 0: never. */
  readonly ActiveEnterTimestamp: number;
  /** The same in microseconds of CLOCK_MONOTONIC. */
  readonly ActiveEnterTimestampMonotonic: number;
  /** Microseconds of CLOCK_MONOTONIC: when the unit last ended or failed; 0: never. */
  readonly InactiveEnterTimestampMonotonic: number;
  readonly ConditionResult: boolean;
  /** Microseconds of CLOCK_MONOTONIC; 0: never judged. */
  readonly ConditionTimestampMonotonic: number;

  readonly Type: string;
  readonly Result: string;
  readonly StatusText: string;
  readonly MainPID: number;
  readonly ExecMainStartTimestampMonotonic: number;
  readonly ExecMainCode: number;
  readonly ExecMainStatus: number;
  readonly NRestarts: number;
  /** Null where it is not accounted. */
  readonly MemoryCurrent: number | null;
  readonly TasksCurrent: number | null;
  readonly CPUUsageNSec: number | null;
  readonly User: string;
  readonly DynamicUser: boolean;
  /** `journal`, `file`, `append` ...: PID 1 tells the kind, and no path. */
  readonly StandardOutput: string;
  readonly StandardError: string;
  readonly ExecLines: readonly ExecLine[];
  readonly Sources: readonly Source[];
}

/** Whether nothing of the unit runs and nothing is about to: an automatic restart passes through `inactive` with a job queued. */
export const isAtRest = (unit: UnitGlance): boolean =>
  (unit.ActiveState === "inactive" || unit.ActiveState === "failed") && unit.Job === 0;
