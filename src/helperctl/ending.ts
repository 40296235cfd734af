import { constants } from "node:os";
import type { UnitState } from "../protocol/unit-state.ts";

/** systemd's own exit statuses: systemd.exec(5), "Process Exit Codes". Above 199 a program's own would be rare. */
const STATUS_NAMES: Readonly<Partial<Record<number, string>>> = {
  200: "CHDIR",
  201: "NICE",
  202: "FDS",
  203: "EXEC",
  204: "MEMORY",
  205: "LIMITS",
  206: "OOM_ADJUST",
  207: "SIGNAL_MASK",
  208: "STDIN",
  209: "STDOUT",
  210: "CHROOT",
  214: "SETSCHEDULER",
  215: "SETUID_SETGID",
  216: "GROUP",
  217: "USER",
  218: "CAPABILITIES",
  219: "CGROUP",
  220: "SETSID",
  222: "STDERR",
  224: "PAM",
  225: "NETWORK",
  226: "NAMESPACE",
  227: "NO_NEW_PRIVILEGES",
  228: "SECCOMP",
  229: "SELINUX_CONTEXT",
  230: "PERSONALITY",
  231: "APPARMOR_PROFILE",
  233: "RUNTIME_DIRECTORY",
  235: "CHOWN",
  238: "STATE_DIRECTORY",
  239: "CACHE_DIRECTORY",
  240: "LOGS_DIRECTORY",
  241: "CONFIGURATION_DIRECTORY",
  242: "NUMA_POLICY",
  243: "CREDENTIALS",
};

/** How a process ended: sigaction(2), `si_code` of SIGCHLD. */
const EXITED = 1;
const KILLED = new Set([2, 3]);

const signalName = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;

/** How the main process ended: `status 203/EXEC`, `SIGKILL`. Null: it did not, or nobody knows. */
export function exitOf({ execMainCode, execMainStatus }: UnitState): string | null {
  if (execMainCode === null || execMainStatus === null) return null;
  if (KILLED.has(execMainCode)) return signalName(execMainStatus);
  if (execMainCode !== EXITED) return null;
  const name = STATUS_NAMES[execMainStatus];
  return `status ${execMainStatus}${name === undefined ? "" : `/${name}`}`;
}

/** Why a unit is not well, in systemd's words: `exit-code, status 203/EXEC`. Null where nothing went wrong. */
export function troubleOf(state: UnitState): string | null {
  const { loadState, result, activeState } = state;
  if (result !== null && result !== "success") {
    const exit = exitOf(state);
    return exit === null ? result : `${result}, ${exit}`;
  }
  // A stopped server whose file is gone is no trouble: only one that is still there in some way is.
  return loadState !== "loaded" && activeState !== "inactive" ? loadState : null;
}
