import type { Complaint, LoadedUnit } from "../complaint.ts";

/** To root every unit file is readable. */
export const lintUnread = (unit: LoadedUnit): Complaint[] =>
  unit.unread.map((file) => ({
    code: "unit-unread",
    severity: "note",
    unit,
    problem: "this file of it cannot be read here, so its lines were not looked at",
    at: { file },
    mend: null,
  }));
