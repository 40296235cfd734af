import type { Finding } from "../finding.ts";
import type { UnitProperties } from "../machine/machine.ts";
import type { HubFault } from "./hub/judge-hub.ts";
import type { PathFacts } from "./look-at.ts";
import { octal } from "./look-at.ts";
import { inTurn } from "./mend.ts";

/** What checking a password takes of the machine. */
export interface PamFacts {
  /** The gid of the group shadow; null: there is none. */
  readonly shadowGid: number | null;
  /** /etc/shadow; null: there is none. */
  readonly shadow: PathFacts | null;
  /** unix_chkpwd, wherever it is; null: there is none. */
  readonly program: PathFacts | null;
  /** Whether pam_unix has unix_chkpwd read every hash; null: nobody knows. */
  readonly asksProgram: boolean | null;
  /** Whether there is a file for the service `login`. */
  readonly hasService: boolean;
}

export const SHADOW_GROUP = "shadow";
export const SHADOW = "/etc/shadow";
/** What JupyterHub asks PAM for, unless c.PAMAuthenticator.service says otherwise. */
export const SERVICE = "login";

const GROUP_READS = 0o040;
const GROUP_EXECUTES = 0o010;
const OTHERS_EXECUTE = 0o001;

function judgeProgram(program: PathFacts | null, shadowGid: number | null): Finding[] {
  if (program === null) {
    const text =
      "unix_chkpwd is missing, which PAM checks passwords with: no password is accepted; reinstall PAM's modules";
    return [{ code: "pam-program", severity: "error", text, mend: null }];
  }
  const { path, mode, gid } = program;
  if ((mode & (gid === shadowGid ? GROUP_EXECUTES : OTHERS_EXECUTE)) !== 0) return [];
  const text = `${path} has mode ${octal(mode)}: the hub cannot execute it, so no password is accepted`;
  const mend = inTurn(["chmod", "a+x", path]);
  return [{ code: "pam-program", severity: "error", text, file: path, mend }];
}

/** What would keep any process in the group shadow from checking a password. */
export function judgeMachine({ shadowGid, shadow, program, asksProgram, hasService }: PamFacts): Finding[] {
  const findings: Finding[] = [];
  if (shadowGid === null) {
    const text = `there is no group ${SHADOW_GROUP}, which the hub's unit names: the hub cannot be started`;
    const mend = inTurn(
      ["groupadd", "--system", SHADOW_GROUP],
      ["chgrp", SHADOW_GROUP, SHADOW],
      ["chmod", "g+r", SHADOW],
    );
    findings.push({ code: "pam-group-missing", severity: "error", text, mend });
  } else if (shadow !== null && (shadow.gid !== shadowGid || (shadow.mode & GROUP_READS) === 0)) {
    const owner = shadow.gid === shadowGid ? SHADOW_GROUP : `gid ${shadow.gid}`;
    const text = `${SHADOW} belongs to the group ${owner} and has mode ${octal(shadow.mode)}: the group ${SHADOW_GROUP} cannot read it, so no password is accepted`;
    const mend = inTurn(["chgrp", SHADOW_GROUP, SHADOW], ["chmod", "g+r", SHADOW]);
    findings.push({ code: "pam-shadow-closed", severity: "error", text, file: SHADOW, mend });
  }
  if (asksProgram !== false) findings.push(...judgeProgram(program, shadowGid));
  if (!hasService) {
    const text = `/etc/pam.d has no file for the service ${SERVICE}, which JupyterHub asks for: what the file other says is in force`;
    findings.push({ code: "pam-service", severity: "note", text, file: `/etc/pam.d/${SERVICE}`, mend: null });
  }
  return findings;
}

/** `(bas)`: whether the system calls are those that are allowed, or those that are not. One that ends with `:ERRNO` is not. */
type Filter = readonly [isAllowed: boolean, calls: readonly string[]];

/** Whether the filter of a service lets a system call through. */
export function isLetThrough(unit: UnitProperties, call: string): boolean {
  const [isAllowed, calls] = (unit["SystemCallFilter"] as Filter | undefined) ?? [false, []];
  return isAllowed ? calls.includes(call) : !calls.some((each) => each.split(":")[0] === call);
}

/**
 * unix_chkpwd calls setuid() before it reads a hash. PAM 1.5 (Debian 12) reads the hash itself, so there the line is
 * only missed after an upgrade.
 */
export function judgeFilter(unit: UnitProperties, { asksProgram }: PamFacts): HubFault[] {
  if (isLetThrough(unit, "setuid")) return [];
  const key = "SystemCallFilter";
  const denied = `${key}= denies setuid(), which PAM 1.7 and later need`;
  const [severity, problem] =
    asksProgram === false
      ? (["warning", `${denied}: no password will be accepted after an upgrade of PAM`] as const)
      : (["error", `${denied}: no password is accepted`] as const);
  const mend = { kind: "set", topic: "pam-setuid", lines: [`${key}=setuid setuid32`] } as const;
  return [{ code: "pam-filter", severity, problem, key, mend }];
}
