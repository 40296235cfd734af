import { lastOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, pamNameOf, spotOf } from "../complaint.ts";
import { FALLBACK, sessionModules } from "../pam-stack.ts";
import { SHIPPED_SERVICE } from "./session.ts";

/** From here on the child that waits for the end of the session does not keep Type=exec waiting as well. */
const SYSTEMD_WITH_EXEC = 256;
/** Makes a session of systemd-logind's, and moves the process there. */
const LOGIND = "pam_systemd.so";

function complain(
  unit: LoadedUnit,
  key: string,
  rest: Pick<Complaint, "code" | "severity" | "problem" | "mend">,
): Complaint {
  return { unit, at: spotOf(lastOf(unit.assignments, key)) ?? fragmentOf(unit), ...rest };
}

function lintExec(unit: LoadedUnit): Complaint[] {
  const { systemdVersion } = unit.ground;
  if (unit.raw.Type !== "exec" || systemdVersion >= SYSTEMD_WITH_EXEC) return [];
  return [
    complain(unit, "Type", {
      code: "unit-pam-exec",
      severity: "error",
      problem: `PAMName= with Type=exec: its start never ends on systemd ${systemdVersion}, which was fixed in ${SYSTEMD_WITH_EXEC}; write Type=simple`,
      mend: { kind: "set", key: "Type", value: "simple", shared: "simple" },
    }),
  ];
}

/** What is wrong with the session that a server gets from PAM. */
export function lintPam(unit: LoadedUnit): Complaint[] {
  const name = pamNameOf(unit);
  if (name === null) return [];
  const modules = sessionModules(name);
  const severity = "warning";
  const hasShipped = sessionModules(SHIPPED_SERVICE) !== null;
  const mend = hasShipped
    ? ({ kind: "set", key: "PAMName", value: SHIPPED_SERVICE, shared: SHIPPED_SERVICE } as const)
    : null;
  if (modules === null) {
    const problem = `PAMName=${name}: there is no /etc/pam.d/${name}, so PAM goes by /etc/pam.d/${FALLBACK}`;
    return [
      ...lintExec(unit),
      complain(unit, "PAMName", { code: "unit-pam-missing", severity, problem, mend }),
    ];
  }
  if (!modules.includes(LOGIND)) return lintExec(unit);
  const problem = `PAMName=${name}: ${LOGIND} in that stack moves the server to user-UID.slice, away from its own slice and the limits there; take a stack without it`;
  return [...lintExec(unit), complain(unit, "PAMName", { code: "unit-pam-logind", severity, problem, mend })];
}
