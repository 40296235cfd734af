import { lastOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf } from "../complaint.ts";

/** By default systemd ends a service of which the kernel has killed one process for its memory: systemd.service(5). */
export function lintOom(unit: LoadedUnit): Complaint[] {
  const isServer = unit.template.runAs === null;
  const policy = unit.properties["OOMPolicy"] as string | undefined;
  // Who has written a policy has thought of it.
  if (!isServer || policy === "continue" || lastOf(unit.assignments, "OOMPolicy") !== null) return [];
  return [
    {
      code: "unit-oom",
      severity: "note",
      unit,
      problem: `it has no OOMPolicy=, which stands for OOMPolicy=${policy ?? "stop"} here: one kernel that is killed for its memory ends the whole server; OOMPolicy=continue lets it go on`,
      at: fragmentOf(unit),
      mend: { kind: "set", key: "OOMPolicy", value: "continue", shared: "continue" },
    },
  ];
}
