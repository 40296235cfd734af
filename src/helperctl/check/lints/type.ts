import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";
import { lastOf } from "../unit-file.ts";

/** Their start is done as soon as there is a process, before it has become the program. */
const TOO_EARLY: ReadonlySet<string> = new Set(["simple", "idle"]);

/** With `Type=simple`, a program that cannot be executed counts as started: systemd.service(5). */
export function lintType(unit: LoadedUnit): Complaint[] {
  const { Type } = unit.raw;
  if (!TOO_EARLY.has(Type)) return [];
  const assignment = lastOf(unit.assignments, "Type");
  const isSet = assignment !== null && assignment.value !== "";
  return [
    {
      code: "unit-type",
      severity: "warning",
      unit,
      problem: `${isSet ? `Type=${Type}` : "without Type=, which is Type=simple,"} a start that fails with 203 or 243 looks like one that succeeded; Type=exec waits for the program`,
      at: spotOf(assignment) ?? fragmentOf(unit),
      mend: { kind: "set", key: "Type", value: "exec", shared: "exec" },
    },
  ];
}
