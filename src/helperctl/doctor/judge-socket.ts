import type { Assignment } from "../../units/unit-file.ts";
import type { Finding } from "../finding.ts";
import type { UnitProperties } from "../machine/machine.ts";
import { commandLine } from "../shell-quote.ts";
import type { PathFacts } from "./look-at.ts";
import { octal } from "./look-at.ts";
import { DAEMON_RELOAD, inTurn, putAside, RESTART_SOCKET } from "./mend.ts";
import { CONFIGURATION, GROUP, HELPER_SOCKET, SOCKET_PATH } from "./names.ts";
import { numberOf, textOf } from "./properties.ts";

const MODE = 0o660;

/** What the socket is judged by. */
export interface SocketFacts {
  /** Null: nothing lies there. */
  readonly socket: PathFacts | null;
  /** The gid of the group that may connect; null: there is no such group. */
  readonly gid: number | null;
  /** Null: systemd could not be asked. */
  readonly unit: UnitProperties | null;
  /** What the unit's files say, in the order in which it counts. */
  readonly assignments: readonly Assignment[];
}

type Judged = Omit<Finding, "unit">;

const SYSUSERS = ["systemd-sysusers", CONFIGURATION] as const;

const NO_GROUP: Judged = {
  code: "group-missing",
  severity: "error",
  text: `there is no group ${GROUP}: no hub can be in it, and so none can connect`,
  mend: inTurn(SYSUSERS, RESTART_SOCKET),
};

interface Setting {
  readonly key: "SocketUser" | "SocketGroup" | "SocketMode";
  readonly wanted: string;
  readonly read: (unit: UnitProperties) => string;
  readonly harm: string;
}

const SETTINGS: readonly Setting[] = [
  {
    key: "SocketUser",
    wanted: "root",
    // Nothing is said where it is root anyway.
    read: (unit) => textOf(unit, "SocketUser") || "root",
    harm: "clients refuse a socket that is not root's",
  },
  {
    key: "SocketGroup",
    wanted: GROUP,
    read: (unit) => textOf(unit, "SocketGroup") || "root",
    harm: `hubs are in ${GROUP}, and cannot connect`,
  },
  {
    key: "SocketMode",
    wanted: octal(MODE),
    read: (unit) => octal(numberOf(unit, "SocketMode")),
    harm: `who may connect is for the group ${GROUP} to say`,
  },
];

/** A setting that is not the one that was installed, with the file that it is from. */
function judgeSetting(
  { key, wanted, read, harm }: Setting,
  { unit, assignments }: SocketFacts,
): Judged | null {
  const found = unit === null ? wanted : read(unit);
  if (unit === null || found === wanted) return null;
  const last = assignments.findLast((each) => each.section === "Socket" && each.key === key);
  const fragment = textOf(unit, "FragmentPath");
  const text = `${key}= of ${HELPER_SOCKET} is ${found} and should be ${wanted}: ${harm}`;
  const at = last === undefined ? {} : { file: last.file, line: last.line, column: last.column };
  const isOurs = !/^\/(?:etc|run)\//.test(last?.file ?? fragment);
  // What was installed says otherwise, so that it is enough to put aside what lies over it.
  const mend = isOurs ? null : inTurn(putAside(last?.file ?? fragment), DAEMON_RELOAD, RESTART_SOCKET);
  return { code: "socket-setting", severity: "error", text, ...at, mend };
}

/** The file as it is, where the unit says that it should be otherwise. */
function judgeFile({ path, uid, gid, mode, kind }: PathFacts, group: number): Judged | null {
  const of = (code: string, is: string, mend: string | null): Judged => ({
    code,
    severity: "error",
    text: `${path} ${is}`,
    file: path,
    mend,
  });
  const again = inTurn(RESTART_SOCKET);
  if (kind !== "socket") {
    const mend = inTurn(["rm", "-rf", "--", path], RESTART_SOCKET);
    return of("socket-kind", "is no socket: something else lies in its place", mend);
  }
  if (uid !== 0) return of("socket-owner", `belongs to uid ${uid} and not to root: clients refuse it`, again);
  if (gid !== group) {
    return of("socket-group", `has the group ${gid} and not ${GROUP} (${group}): hubs cannot connect`, again);
  }
  if (mode === MODE) return null;
  const isOpen = (mode & ~MODE) !== 0;
  const harm = isOpen ? "more than the group can connect" : "its group cannot connect";
  return of("socket-mode", `has the mode ${octal(mode)} and not ${octal(MODE)}: ${harm}`, again);
}

export function judgeSocket(facts: SocketFacts): Finding[] {
  const { socket, gid, unit } = facts;
  const settings = SETTINGS.map((each) => judgeSetting(each, facts)).filter((each) => each !== null);
  const about = (findings: readonly Judged[]): Finding[] =>
    findings.map((each) => ({ ...each, unit: HELPER_SOCKET }));
  if (gid === null) return about([NO_GROUP, ...settings]);
  // The file is as the unit says: one fault, one finding.
  if (settings.length > 0) return about(settings);
  if (socket === null) {
    // Where it does not listen, that is what is wrong.
    if (unit !== null && textOf(unit, "ActiveState") !== "active") return [];
    const text = `${SOCKET_PATH} is gone, and nobody can connect`;
    const mend = commandLine(RESTART_SOCKET);
    return about([{ code: "socket-gone", severity: "error", text, file: SOCKET_PATH, mend }]);
  }
  const judged = judgeFile(socket, gid);
  return judged === null ? [] : about([judged]);
}
