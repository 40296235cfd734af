import { SET_LINE } from "../../../units/credential-path.ts";
import { findForeignSource, readsHelper, withinOwnSet } from "../../../units/credential-sources.ts";
import type { Source } from "../../../units/raw-unit.ts";
import type { Assignment } from "../../../units/unit-file.ts";
import { listOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit, Mend, Spot } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";

/** The line of a unit file that a source was read from; null where it cannot be told. */
function assignmentOf({ assignments }: LoadedUnit, { line, path }: Source): Assignment | null {
  const [key = "", id = ""] = line.split("=");
  const lines = listOf(assignments, key);
  const isIt = ({ value }: Assignment): boolean =>
    id === "" ? value.includes(path) : value === id || value.startsWith(`${id}:`);
  return lines.find(isIt) ?? (lines.length === 1 ? (lines[0] ?? null) : null);
}

/** The line that leads to what may be another unit's credentials. */
export function foreignLine(unit: LoadedUnit): Spot | null {
  const source = findForeignSource(unit.raw);
  return spotOf(source && assignmentOf(unit, source)) ?? fragmentOf(unit);
}

/** What older versions took for the directory of a unit's set. */
const OLD_DIRECTORY = /\/hub-helper\/credentials\/([^/]+)(?:\/[^/]+)?$/;
const OLD_SPECIFIER = /^%[nNp]$/;

/** The command that rewrites a line of an older version; null where what it takes may be meant for another unit. */
export function mendOldLine({ key, value, file }: Assignment, unit: string): readonly string[] | null {
  if (key !== "LoadCredential" || /["']/.test(value)) return null;
  const [, directory = ""] = OLD_DIRECTORY.exec(value) ?? [];
  if (!OLD_SPECIFIER.test(directory) && directory !== unit) return null;
  const old = directory.replace(/[.\\]/g, "\\$&");
  const script = `s|^\\([[:space:]]*LoadCredential[[:space:]]*=.*/hub-helper/credentials/\\)${old}|\\1%P@%I|`;
  return ["sed", "-i", script, file];
}

/** Rewrites the line of an older version. Another unit's set is nothing to guess about. */
export function mendForeign(unit: LoadedUnit): Mend {
  const source = findForeignSource(unit.raw);
  const assignment = source && assignmentOf(unit, source);
  const command = assignment && mendOldLine(assignment, unit.name);
  return command && { kind: "run", commands: [command, ["systemctl", "daemon-reload"]] };
}

const fails = "the start fails with 243";

/** What is wrong with a source that is the unit's own; null: nothing. */
function problemOf(unit: LoadedUnit, source: Source): string | null {
  const [key = ""] = source.line.split("=");
  if (key === "LoadCredentialEncrypted") {
    return `${key}= of what the helper stages, which is not encrypted: ${fails}; LoadCredential= takes it`;
  }
  const name = withinOwnSet(unit.name, source) ?? "";
  const { credentials } = unit.template;
  if (name === "") return null;
  if (credentials === null) {
    return `${key}= of what the helper stages, and template ${unit.template.name} has no credentials: ${fails}`;
  }
  return name === "env" || credentials.files.has(name)
    ? null
    : `${key}= of "${name}", which template ${unit.template.name} has no credential for: ${fails}`;
}

function complain(unit: LoadedUnit, problem: string, assignment: Assignment | null): Complaint {
  const at = spotOf(assignment) ?? fragmentOf(unit);
  const general = problem.replaceAll(unit.user, "...");
  return { code: "unit-credentials", severity: "error", unit, problem, general, at, mend: null };
}

/** Whether what the hub hands over reaches the unit. What another unit's credentials could be is a refusal. */
export function lintCredentials(unit: LoadedUnit): Complaint[] {
  const taken = unit.raw.Sources.filter(({ line }) => line.startsWith("LoadCredential")).filter(readsHelper);
  const own = taken.filter((source) => withinOwnSet(unit.name, source) !== null);
  const wrong = own.flatMap((source) => {
    const problem = problemOf(unit, source);
    return problem === null ? [] : [complain(unit, problem, assignmentOf(unit, source))];
  });
  if (taken.length > 0 || unit.template.credentials === null) return wrong;
  return [
    {
      code: "unit-credentials-unused",
      severity: "warning",
      unit,
      problem: `it takes none of the credentials that template ${unit.template.name} has: no ${SET_LINE}`,
      at: fragmentOf(unit),
      mend: null,
    },
  ];
}
