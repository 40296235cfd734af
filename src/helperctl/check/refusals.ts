import { basename } from "node:path";
import { findFileFaults } from "../../helper/file-owners.ts";
import { filesOf } from "../../helper/unit-surroundings.ts";
import { SET_LINE } from "../../units/credential-path.ts";
import type { UnitFault } from "../../units/verify.ts";
import { faultsOf, verifyId } from "../../units/verify.ts";
import type { Complaint, LoadedUnit, Mend, Spot } from "./complaint.ts";
import { fragmentOf, spotOf } from "./complaint.ts";
import { execCommands } from "./exec-words.ts";
import { EXEC_DIRECTIVES } from "../../units/raw-unit.ts";
import { foreignLine, mendForeign } from "./lints/credentials.ts";
import { mendOwnership } from "./ownership.ts";
import { sharedUser } from "./shared-dropin.ts";
import { lastOf, listOf } from "../../units/unit-file.ts";

/** What is known about a fault beyond the helper's own words. */
interface Row {
  readonly at: (unit: LoadedUnit) => Spot | null;
  readonly mend: (unit: LoadedUnit) => Mend;
  /** Said after the helper's words. */
  readonly more?: (unit: LoadedUnit) => string;
  /** Words that hold for several units, where the helper's do not. */
  readonly general?: string;
}

const run =
  (...argv: readonly string[]) =>
  ({ name }: LoadedUnit): Mend => ({ kind: "run", commands: [[...argv, name]] });

const nowhere = (): null => null;

const keyed =
  (key: string) =>
  (unit: LoadedUnit): Spot | null =>
    spotOf(lastOf(unit.assignments, key)) ?? fragmentOf(unit);

const off = (key: string) => (): Mend => ({ kind: "set", key, value: "no", shared: "no" });

function elevatedLine(unit: LoadedUnit): Spot | null {
  const lines = EXEC_DIRECTIVES.flatMap((key) => listOf(unit.assignments, key));
  const isElevated = (line: string): boolean => execCommands(line).some(({ prefix }) => /[+!]/.test(prefix));
  return spotOf(lines.find(({ value }) => isElevated(value)) ?? null) ?? fragmentOf(unit);
}

function userWords({ raw, template, user }: LoadedUnit): string {
  const wanted = template.runAs ?? user;
  return raw.User === ""
    ? ` (it has none and would run as root; it must be ${wanted})`
    : ` (it is ${raw.User}; it must be ${wanted})`;
}

const fileFaults = ({ raw }: LoadedUnit) => [...findFileFaults(filesOf(raw))];

/** systemd's own word about what it could not load, which is more than the state. */
const loadError = ({ properties }: LoadedUnit): string => {
  const [, message = ""] = (properties["LoadError"] as [string, string] | undefined) ?? [];
  return `${message === "" ? "" : `: ${message}`}; systemd-analyze verify says more`;
};

/** A mask may be for this boot alone. */
const isRuntimeMask = ({ properties }: LoadedUnit): boolean =>
  properties["UnitFileState"] === "masked-runtime";

const ROWS: Readonly<Record<UnitFault, Row>> = {
  masked: {
    at: nowhere,
    mend: (unit) =>
      isRuntimeMask(unit) ? run("systemctl", "unmask", "--runtime")(unit) : run("systemctl", "unmask")(unit),
  },
  "not-loaded": { at: fragmentOf, mend: nowhere, more: loadError },
  transient: { at: nowhere, mend: run("systemctl", "stop") },
  "no-file": { at: nowhere, mend: nowhere },
  "file-owner": {
    at: (unit) => {
      const [fault] = fileFaults(unit);
      return fault === undefined ? null : { file: fault.path };
    },
    mend: (unit) => mendOwnership(fileFaults(unit), ""),
    general: "its unit file, a drop-in or a directory on the way is not root's alone to write",
  },
  "dynamic-user": { at: keyed("DynamicUser"), mend: off("DynamicUser") },
  user: {
    at: keyed("User"),
    mend: (unit) => ({
      kind: "set",
      key: "User",
      value: unit.template.runAs ?? unit.user,
      shared: unit.template.runAs ?? sharedUser(unit),
    }),
    more: userWords,
  },
  "start-only": { at: keyed("PermissionsStartOnly"), mend: off("PermissionsStartOnly") },
  "standard-output": outputFile("StandardOutput"),
  "standard-error": outputFile("StandardError"),
  elevated: { at: elevatedLine, mend: nowhere },
  credentials: {
    at: foreignLine,
    mend: mendForeign,
    general: `a line reads what may be another unit's credentials; write ${SET_LINE} in its place`,
  },
};

/** PID 1 tells the helper no path; the text of the unit has it. */
function outputFile(key: "StandardOutput" | "StandardError"): Row {
  return {
    at: keyed(key),
    mend: () => ({ kind: "set", key, value: "journal", shared: "journal" }),
    more: ({ assignments, name }) => {
      const value = lastOf(assignments, key)?.value ?? "";
      const path = value.slice(value.indexOf(":") + 1);
      return `${path === "" ? "" : ` (${path})`}; the journal keeps each line with its unit: journalctl --unit=${name}`;
    },
  };
}

/** Everything that the helper would refuse a unit for, in its own words. */
export function findRefusals(unit: LoadedUnit): Complaint[] {
  const severity = "error";
  const alias = verifyId(unit.name, unit.raw);
  if (alias?.kind === "refused") {
    const problem = `${alias.problem}, ${unit.raw.Id}`;
    const general = alias.problem;
    return [{ code: "unit-alias", severity, unit, problem, general, at: null, mend: null }];
  }
  if (unit.around === null) return [];
  return faultsOf(unit.raw, unit.around).map(({ fault, problem }) => {
    const { at, mend, more = () => "", general = problem } = ROWS[fault];
    return {
      code: `unit-${fault}`,
      severity,
      unit,
      problem: `${problem}${more(unit)}`,
      general,
      at: at(unit),
      mend: mend(unit),
    };
  });
}

/** Whether what systemd says of a unit means anything beyond that. */
export const isWhole = ({ raw, name }: LoadedUnit): boolean =>
  raw.LoadState === "loaded" && raw.Id === name && basename(raw.FragmentPath) !== "";
