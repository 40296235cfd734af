import type { RawUnit } from "./raw-unit.ts";

type Seen = Pick<
  RawUnit,
  "ActiveState" | "Result" | "ExecMainStatus" | "ExecMainCode" | "ExecLines" | "ConditionResult" | "SubState"
>;

/** systemd's own exit statuses, before the program runs: systemd.exec(5), "Process Exit Codes". */
const EXIT_STATUSES: Partial<Record<number, string>> = {
  200: "The server could not be started: its working directory is missing or closed to the account.",
  202: "The server could not be started: its input or output could not be set up.",
  203: "The server's program could not be run: it is missing, or the account may not execute it.",
  205: "The server could not be started: one of its resource limits could not be set.",
  208: "The server could not be started: its standard input could not be opened.",
  209: "The server could not be started: its standard output could not be opened.",
  215: "The server could not be started: its user or group identity could not be set up.",
  216: "The server could not be started: its group does not exist.",
  217: "The server could not be started: its account does not exist on this machine.",
  218: "The server could not be started: its capabilities could not be set.",
  219: "The server could not be started: its control group could not be set up.",
  224: "The server could not be started: PAM says no, because the account has expired, its shell allows no log-in, or its home could not be made.",
  226: "The server could not be started: setting up its sandbox failed.",
  228: "The server could not be started: its system call filter could not be set up.",
  233: "The server could not be started: one of its runtime directories could not be made.",
  234: "The server could not be started: one of its runtime directories could not be made.",
  238: "The server could not be started: its state directory could not be made.",
  243: "The server could not be started: its credentials are missing or could not be read.",
};

/** What a shell, exec-with-credentials among them, ends with when it cannot execute the command: POSIX, "Exit Status for Commands". */
const SHELL_STATUSES: Partial<Record<number, string>> = {
  126: "The server's program could not be run: the account may not execute it.",
  127: "The server's program could not be run: it is missing.",
};

/** `Result` of a service: org.freedesktop.systemd1(5). */
const RESULTS: Partial<Record<string, string>> = {
  "start-limit-hit": "The server was started too often in a short time; wait a little, then try again.",
  "oom-kill": "The server was ended because it used more memory than it may.",
  timeout: "The server did not report that it was ready in time.",
  watchdog: "The server stopped answering and was ended.",
  "core-dump": "The server crashed.",
  signal: "The server was ended by a signal.",
  resources: "The machine had not the resources that the server needs.",
  protocol: "The server did not report that it was ready as its unit promises.",
};

/** The result of a job: org.freedesktop.systemd1(5), JobRemoved. */
const JOB_RESULTS: Partial<Record<string, string>> = {
  timeout: "The system gave up waiting for the server to start or stop.",
  dependency: "Something that the server depends on could not be started.",
  assert: "An assertion of the server's unit was not met.",
  unsupported: "This machine cannot run units of this kind.",
  invalid: "The server's unit cannot be started or stopped like this.",
  collected: "The server's unit was removed before it was done.",
  once: "The server's unit can be started only once, and was.",
  skipped: "The server was skipped: there was nothing to do for it.",
  frozen: "The server is frozen; it must be thawed first.",
};

const UNMET = "A condition of the server's unit is not met on this machine, so it was not started.";
const RESULTS_OF_CONDITIONS: Partial<Record<string, string>> = {
  "exec-condition": "The server's own check before the start said no.",
};
const UNKNOWN = "The server could not be started or stopped; the system log has the reason.";

/** A program that exits by itself says why in its own log; a status of 0 is a death only where the server should live. */
function exitHint(seen: Seen): string {
  const known = EXIT_STATUSES[seen.ExecMainStatus] ?? SHELL_STATUSES[seen.ExecMainStatus];
  if (known !== undefined) return known;
  const before = seen.ExecLines.find((line) => line.directive === "ExecStartPre" && line.status !== 0);
  if (before !== undefined) {
    return (
      EXIT_STATUSES[before.status] ??
      `A step before the server's start failed with status ${before.status}; its log has the reason.`
    );
  }
  return `The server ended right after it was started, with status ${seen.ExecMainStatus}; its log has the reason.`;
}

/** One sentence for the person who waits: what became of the job, from systemd's own words. */
export function hintOf(jobResult: string, seen: Seen): string {
  // A unit that was not started keeps the state and the Result of its last run, but for ExecCondition='s own.
  if (jobResult === "done" && !seen.ConditionResult) return RESULTS_OF_CONDITIONS[seen.Result] ?? UNMET;
  if (seen.ActiveState === "failed" || seen.SubState === "auto-restart") {
    if (seen.Result === "exit-code") return exitHint(seen);
    const hint = RESULTS[seen.Result];
    if (hint !== undefined) return hint;
  }
  const jobHint = JOB_RESULTS[jobResult];
  if (jobHint !== undefined) return jobHint;
  if (seen.ActiveState === "inactive") return exitHint(seen);
  return RESULTS[seen.Result] ?? UNKNOWN;
}
