import type { UnitState } from "../../protocol/unit-state.ts";
import type { AuditRecord } from "../log/record.ts";

/** What is used of one thing, and how much may be. Null: it is not accounted, or not limited. */
export interface Use {
  readonly used: number | null;
  readonly limit: number | null;
}

/** What a unit and the slices above it may use: systemd.resource-control(5). */
export interface Resources {
  /** Bytes; `limit` is MemoryMax=, and above `high` (MemoryHigh=) it is slowed down. */
  readonly memory: Use & { readonly high: number | null; readonly peak: number | null };
  /** Processes and threads; TasksMax=. */
  readonly tasks: Use;
  /** `used` are seconds; `limit` is CPUQuota= in CPUs: 1.5 is 150 %. */
  readonly cpu: Use;
}

/** A slice that the unit is in. */
export interface ShownSlice extends Resources {
  readonly name: string;
}

/** What PID 1 says of the unit. */
export interface ShownUnit extends Resources {
  readonly description: string;
  /** Null: there is no file. */
  readonly fragmentPath: string | null;
  readonly dropInPaths: readonly string[];
  /** Type=: `exec`, `notify` ... */
  readonly type: string | null;
  /** User=. */
  readonly user: string | null;
  readonly slice: string | null;
  /** Its path below the root of the hierarchy; null where it has none now. */
  readonly controlGroup: string | null;
  /** When its state changed last: RFC 3339, UTC. */
  readonly stateChanged: string | null;
}

/**
 * `queued`: what systemd has in its queue for the unit now; `state` is `waiting` or `running`. `asked`: the last
 * start or stop that the helper was asked for and allowed; without outcome where the helper died meanwhile, or
 * where it goes on.
 */
export type ShownJob =
  | { readonly kind: "queued"; readonly type: string; readonly state: string }
  | {
      readonly kind: "asked";
      readonly type: string;
      /** RFC 3339, UTC. */
      readonly time: string;
      readonly outcome: string | null;
      readonly durationMs: number | null;
    };

export interface ShownLine {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** As the process calls itself: any process may say `systemd`, which is PID 1. */
  readonly identifier: string;
  readonly pid: number | null;
  readonly message: string;
}

/** `helperctl show --json`. */
export interface ShownServer {
  /** As the helper answers it. */
  readonly state: UnitState;
  /** Null: PID 1 does not say. */
  readonly unit: ShownUnit | null;
  /** From the unit's own up to `-.slice`. */
  readonly slices: readonly ShownSlice[];
  /** How exposed it is, from 0 to 10, as `systemd-analyze security` judges it. Null: it does not. */
  readonly sandbox: { readonly score: number; readonly rating: string } | null;
  readonly job: ShownJob | null;
  /** The latest records about the unit, the oldest first. Null: whoever asks may not read the system's journal. */
  readonly audit: readonly AuditRecord[] | null;
  /** The latest lines of the unit and of systemd about it, the oldest first. Null: as with `audit`. */
  readonly journal: readonly ShownLine[] | null;
}
