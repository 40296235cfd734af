import type { Policy } from "../../policy/types.ts";
import type { Checked } from "../check/check-all.ts";
import type { Asker } from "../command.ts";
import type { Finding } from "../finding.ts";
import type { Machine, UnitProperties } from "../machine/machine.ts";
import type { Hub } from "./find-hubs.ts";

/** What the checks are made on. Whatever several of them want to know is found out once. */
export interface Ground {
  readonly machine: Machine;
  readonly isRoot: boolean;
  readonly openClient: () => Promise<Asker>;
  /** The unit by systemd's names; null where systemd knows no such name. */
  readonly unit: (name: string) => Promise<UnitProperties | null>;
  /** What `helperctl check` finds. */
  readonly checked: () => Promise<Checked>;
  /** Null: it does not load. */
  readonly policy: () => Promise<Policy | null>;
  readonly hubs: () => Promise<readonly Hub[]>;
}

/** One thing that is looked at. */
export interface Check {
  /** Stable, for programs. */
  readonly name: string;
  /** What is looked at, for people. */
  readonly title: string;
  /** Others cannot see it. */
  readonly needsRoot?: boolean;
  /** It takes longer than somebody waits who wants to know something else. */
  readonly isSlow?: boolean;
  readonly run: (ground: Ground) => Promise<readonly Finding[]>;
}

/** What a check came to. `left-out`: it could not be made by whoever asked. */
export type Outcome = "ok" | "note" | "warning" | "error" | "left-out";

export interface Diagnosis {
  readonly name: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}
