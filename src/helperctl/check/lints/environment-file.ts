import { findFileFaults, findWayFaults } from "../../../helper/file-owners.ts";
import type { FileFault } from "../../../helper/file-owners.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";
import { mendOwnership } from "../ownership.ts";
import { listOf } from "../../../units/unit-file.ts";

/** It is there only while a hub's credentials are staged. */
const STAGED = "/run/hub-helper/credentials/";
const GLOB = /[*?[]/;

/** What comes of each fault. */
const OUTCOMES: Readonly<Record<FileFault["kind"], string>> = {
  missing: "does not exist, and without - before its path the start fails",
  unreadable: "cannot be read",
  owner: "whoever it belongs to sets the environment of the unit",
  writable: "whoever may write there sets the environment of the unit",
};

/** A glob is read as the directory in front of it. */
const pathOf = (path: string): string =>
  GLOB.test(path) ? path.slice(0, path.slice(0, path.search(GLOB)).lastIndexOf("/")) || "/" : path;

/** PID 1 reads these files as root, and what is in them steers loaders and interpreters. */
export function lintEnvironmentFiles(unit: LoadedUnit): Complaint[] {
  const files = (unit.properties["EnvironmentFiles"] as [string, boolean][] | undefined) ?? [];
  const assignments = listOf(unit.assignments, "EnvironmentFile");
  return files.flatMap(([file, mayBeMissing], at) => {
    const path = pathOf(file);
    const isExcused = mayBeMissing || path !== file || path.startsWith(STAGED);
    const found = [...findFileFaults([path])];
    // What is not there yet can still be put there, by others than root too.
    const isAbsent = isExcused && found.some(({ kind }) => kind === "missing");
    const faults =
      isAbsent && !path.startsWith(STAGED)
        ? findWayFaults(path, { withContents: true })
        : isAbsent
          ? []
          : found;
    const [first] = faults;
    if (first === undefined) return [];
    // Where systemd has read other files than we, it is not known which line this one came from.
    const assignment = assignments.length === files.length ? (assignments[at] ?? null) : null;
    const fault = first.kind === "missing" || first.kind === "unreadable" ? first.path : first.text;
    const joint = first.kind === "missing" || first.kind === "unreadable" ? " " : ": ";
    return [
      {
        code: "unit-environment-file",
        severity: first.kind === "unreadable" ? "note" : "error",
        unit,
        problem: `EnvironmentFile=: ${fault}${joint}${OUTCOMES[first.kind]}`,
        at: spotOf(assignment) ?? fragmentOf(unit),
        mend: mendOwnership(faults, path),
      },
    ];
  });
}
