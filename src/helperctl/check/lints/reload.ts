import type { Complaint, LoadedUnit } from "../complaint.ts";

/** A unit in memory keeps what its files said when it was loaded. */
export const lintReload = (unit: LoadedUnit): Complaint[] =>
  unit.raw.NeedDaemonReload
    ? [
        {
          code: "unit-needs-reload",
          severity: "warning",
          unit,
          problem:
            "its files have changed since systemd read them; the next start still goes by the old ones",
          at: null,
          mend: { kind: "run", commands: [["systemctl", "daemon-reload"]] },
        },
      ]
    : [];
