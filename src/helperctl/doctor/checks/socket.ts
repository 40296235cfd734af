import { RUN_DIRECTORY } from "../../../helper/credentials/run-tree.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import type { PathFacts } from "../look-at.ts";
import { lookAt, octal } from "../look-at.ts";
import { overrides, textOf, unitFacts } from "../unit-facts.ts";

const SOCKET_UNIT = "helper.socket";
const PATH = `${RUN_DIRECTORY}/helper.sock`;
const GROUP = "hub-helper";
const MODE = 0o660;
const DIRECTORY_MODE = 0o755;
const OTHERS_MAY_WRITE = 0o022;

/** Whoever can write the directory can put a socket of their own there, and clients then refuse it. */
export function judgeDirectory(directory: PathFacts | null): Finding[] {
  const found = { severity: "error", file: RUN_DIRECTORY } as const;
  if (directory?.kind !== "directory") {
    const mend = "systemd-tmpfiles --create hub-helper.conf && systemctl restart helper.socket";
    if (directory !== null)
      return [
        {
          ...found,
          code: "run-directory-untrusted",
          text: "it is no directory",
          mend: `rm ${RUN_DIRECTORY} && ${mend}`,
        },
      ];
    return [{ ...found, code: "run-directory-missing", text: "it is missing", mend }];
  }
  if (directory.uid !== 0 || (directory.mode & OTHERS_MAY_WRITE) !== 0) {
    const text = `it belongs to uid ${directory.uid} with mode ${octal(directory.mode)}: who can write it can put another socket there; it must be root's, with mode 0755`;
    return [
      {
        ...found,
        code: "run-directory-untrusted",
        text,
        mend: `chown root:root ${RUN_DIRECTORY} && chmod 0755 ${RUN_DIRECTORY}`,
      },
    ];
  }
  if ((directory.mode & DIRECTORY_MODE) === DIRECTORY_MODE) return [];
  const text = `it has mode ${octal(directory.mode)}, so hubs cannot reach the socket`;
  return [{ ...found, code: "run-directory-closed", text, mend: `chmod 0755 ${RUN_DIRECTORY}` }];
}

/** What the unit says of its socket. */
export interface SocketSettings {
  readonly user: string;
  readonly group: string;
  readonly mode: number;
  /** Drop-ins of the admin's. */
  readonly overrides: readonly string[];
}

export function judgeSettings({ user, group, mode, overrides: files }: SocketSettings): Finding[] {
  if ((user === "" || user === "root" || user === "0") && group === GROUP && mode === MODE) return [];
  const text = `its socket is set to belong to ${user || "root"}:${group || "root"} with mode ${octal(mode)}; it should be root:${GROUP} and ${octal(MODE)}${files.length === 0 ? "" : ` (see ${files.join(", ")})`}`;
  // Revert takes the drop-ins away and leaves the installed file.
  const mend =
    files.length === 0 ? null : `systemctl revert ${SOCKET_UNIT} && systemctl restart ${SOCKET_UNIT}`;
  return [{ code: "socket-settings", severity: "error", unit: SOCKET_UNIT, text, mend }];
}

/** The socket as it stands on disk, against what it is meant to be. */
export function judgeSocketFile(socket: PathFacts | null, gid: number, isListening: boolean): Finding[] {
  const found = { severity: "error", file: PATH, mend: `systemctl restart ${SOCKET_UNIT}` } as const;
  // That it does not listen is told of already.
  if (socket === null)
    return isListening
      ? [{ ...found, code: "socket-gone", text: "it is gone, though helper.socket listens on it" }]
      : [];
  if (socket.kind !== "socket") {
    return [
      {
        ...found,
        code: "socket-untrusted",
        text: "it is no socket",
        mend: `rm ${PATH} && systemctl restart ${SOCKET_UNIT}`,
      },
    ];
  }
  if (socket.uid === 0 && socket.gid === gid && socket.mode === MODE) return [];
  const text = `it belongs to uid ${socket.uid} and gid ${socket.gid} with mode ${octal(socket.mode)}; it should be root's, of the group ${GROUP} (gid ${gid}), with mode ${octal(MODE)}: ${(socket.mode & 0o006) === 0 ? "hubs cannot connect" : "everybody can connect"}`;
  return [{ ...found, code: "socket-access", text }];
}

const noGroup: Finding = {
  code: "group-missing",
  severity: "error",
  text: `there is no group ${GROUP}, so no hub can connect`,
  mend: `systemd-sysusers hub-helper.conf && systemctl restart ${SOCKET_UNIT}`,
};

/** Who may connect. */
export const socket: Check = {
  name: "socket",
  title: "who may connect",
  async run({ unit, machine }) {
    const [directory, file, group, properties] = await Promise.all([
      lookAt(RUN_DIRECTORY),
      lookAt(PATH),
      machine.accounts.group(GROUP),
      unit(SOCKET_UNIT),
    ]);
    if (group === null) return [...judgeDirectory(directory), noGroup];
    const facts = unitFacts(SOCKET_UNIT, properties ?? {});
    if (facts.loadState !== "loaded") return judgeDirectory(directory);
    const settings = judgeSettings({
      user: textOf(properties ?? {}, "SocketUser"),
      group: textOf(properties ?? {}, "SocketGroup"),
      mode: Number(properties?.["SocketMode"] ?? 0),
      overrides: overrides(facts),
    });
    // What the unit says wrong is wrong on disk as well: once is enough.
    const onDisk =
      settings.length > 0 ? [] : judgeSocketFile(file, group.gid, facts.activeState === "active");
    return [...judgeDirectory(directory), ...settings, ...onDisk];
  },
};
