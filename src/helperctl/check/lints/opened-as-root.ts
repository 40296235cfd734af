import { lastOf, listOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";
import { findReplaceable } from "../opened-as-root.ts";
import { mendOwnership } from "../ownership.ts";

/** These the helper refuses for a target's account, whatever the path: a refusal reports that already. */
const REFUSED: ReadonlySet<string> = new Set(["StandardOutput", "StandardError"]);

/** Paths that PID 1 opens as root, and that the account, the hub or another account can replace. */
export const lintOpenedAsRoot = (unit: LoadedUnit): Complaint[] =>
  findReplaceable(unit)
    .filter(({ key }) => unit.template.runAs !== null || !REFUSED.has(key))
    .map(({ key, severity, path, faults, problem }) => {
      const lines = listOf(unit.assignments, key);
      const assignment = lines.find(({ value }) => value.includes(path)) ?? lastOf(lines, key);
      return {
        code: "unit-opened-as-root",
        severity,
        unit,
        problem: `${problem}; keep it where only root can write`,
        general: `${key}=: a path that systemd opens as root can be replaced by others; keep it where only root can write`,
        at: spotOf(assignment) ?? fragmentOf(unit),
        mend: mendOwnership(faults, path),
      };
    });
