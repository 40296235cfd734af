import type { Template } from "../../policy/types.ts";
import type { UserName } from "../../protocol/target.ts";
import type { UnitName } from "../../units/pattern.ts";
import type { RawUnit } from "../../units/raw-unit.ts";
import type { Surroundings } from "../../units/verify.ts";
import type { Severity } from "../finding.ts";
import type { PasswdEntry } from "../machine/accounts.ts";
import type { UnitProperties } from "../machine/machine.ts";
import type { Assignment } from "../../units/unit-file.ts";

/** A unit that belongs to a template. */
export interface UnitBehind {
  readonly name: UnitName;
  /** What a person calls it: for one that was only made up to load it, the file that it was made from. */
  readonly label: string;
  readonly user: UserName;
  readonly template: Template;
  /** Whether a rule lets somebody start it. */
  readonly isTarget: boolean;
  /** Whether there is a file for it, or systemd has it in memory. To load what is not there would only cost time. */
  readonly isThere: boolean;
}

/** What of the machine a unit is checked against. */
export interface Ground {
  /** The number that its version begins with. */
  readonly systemdVersion: number;
  /** The target's; null where there is none. */
  readonly account: PasswdEntry | null;
}

/** A unit as PID 1 has loaded it, and what its files say. */
export interface LoadedUnit extends UnitBehind {
  readonly raw: RawUnit;
  readonly properties: UnitProperties;
  /** Null: nobody knows as whom it should run. */
  readonly around: Surroundings | null;
  readonly ground: Ground;
  /** Of its file and its drop-ins, in the order in which they count. */
  readonly assignments: readonly Assignment[];
  /** Those of its files that could not be read. */
  readonly unread: readonly string[];
}

/** A place in a file, as far as one can be pointed at. */
export interface Spot {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** How something is mended. */
export type Mend =
  /** Commands, as program and arguments. */
  | { readonly kind: "run"; readonly commands: readonly (readonly string[])[] }
  /** A drop-in that sets `key` in `[Service]`. `value` is for one unit, `shared` for all of the template's. */
  | {
      readonly kind: "set";
      readonly key: string;
      readonly value: string;
      readonly shared: string | null;
    }
  /** A drop-in with lines of `[Service]` that are the same for every unit. */
  | { readonly kind: "dropin"; readonly name: string; readonly lines: readonly string[] }
  | null;

/** One thing that is wrong with one unit, before the same of several is told together. */
export interface Complaint {
  readonly code: string;
  readonly severity: Severity;
  readonly unit: LoadedUnit;
  /** Goes on from the name of the unit and a colon. */
  readonly problem: string;
  /** The same in words that hold for other units too, where `problem` has some of its own. */
  readonly general?: string;
  readonly at: Spot | null;
  readonly mend: Mend;
}

export const spotOf = (assignment: Assignment | null): Spot | null =>
  assignment === null ? null : { file: assignment.file, line: assignment.line, column: assignment.column };

/** The service of PAM that gives the unit a session; null: none. */
export function pamNameOf({ properties }: LoadedUnit): string | null {
  const name = properties["PAMName"];
  return typeof name === "string" && name !== "" ? name : null;
}

/** The unit's own file, where nothing in it can be pointed at. */
export const fragmentOf = ({ raw }: LoadedUnit): Spot | null =>
  raw.FragmentPath === "" ? null : { file: raw.FragmentPath };
