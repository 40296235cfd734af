import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, pamNameOf, spotOf } from "../complaint.ts";
import { lastOf } from "../../../units/unit-file.ts";

/** Their start is done as soon as there is a process, before it has become the program. */
const TOO_EARLY: ReadonlySet<string> = new Set(["simple", "idle"]);

/** With `Type=simple`, a program that cannot be executed counts as started: systemd.service(5). */
export function lintType(unit: LoadedUnit): Complaint[] {
  const { Type } = unit.raw;
  // With a session of PAM's the start of Type=exec may never end.
  if (!TOO_EARLY.has(Type) || pamNameOf(unit) !== null) return [];
  // An empty one is no type, and changes nothing.
  const assignment = lastOf(
    unit.assignments.filter(({ value }) => value !== ""),
    "Type",
  );
  return [
    {
      code: "unit-type",
      severity: "warning",
      unit,
      problem: `${assignment !== null ? `it has Type=${Type}` : "it has no Type=, which stands for Type=simple"}: the start of a program that cannot be executed is called done; Type=exec waits for it`,
      at: spotOf(assignment) ?? fragmentOf(unit),
      mend: { kind: "set", key: "Type", value: "exec", shared: "exec" },
    },
  ];
}
