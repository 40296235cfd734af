import type { Room } from "../../../helper/credentials/run-tree.ts";
import { ROOMS, RUN_DIRECTORY } from "../../../helper/credentials/run-tree.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import type { PathFacts } from "../look-at.ts";
import { lookAt, octal } from "../look-at.ts";

const MODE = 0o700;
const OTHERS_MAY_WRITE = 0o022;
const CREATE = "systemd-tmpfiles --create hub-helper.conf";

/** PID 1 follows links when it reads credentials: who can write here can have any file of root's handed to a user. */
export function judgeRoom(room: Room, directory: PathFacts | null): Finding | null {
  const path = `${RUN_DIRECTORY}/${room}`;
  if (directory === null) {
    return {
      code: "staging-missing",
      severity: "warning",
      file: path,
      text: "it is missing; the helper makes it when it needs it",
      mend: CREATE,
    };
  }
  const found = { code: "staging-untrusted", severity: "error", file: path } as const;
  if (directory.kind !== "directory")
    return { ...found, text: "it is no directory of its own", mend: `rm ${path} && ${CREATE}` };
  if (directory.uid !== 0 || (directory.mode & OTHERS_MAY_WRITE) !== 0) {
    // What lies in it may be somebody's who meant harm: it goes with the directory.
    const text = `it belongs to uid ${directory.uid} with mode ${octal(directory.mode)}, so that nothing in it can be trusted: the helper refuses to use it, and what is staged has to be written anew`;
    return { ...found, text, mend: `rm -rf ${path} && ${CREATE}` };
  }
  if (directory.mode === MODE) return null;
  const text = `it has mode ${octal(directory.mode)}; it should be root's alone, ${octal(MODE)}`;
  return {
    code: "staging-open",
    severity: "error",
    file: path,
    text,
    mend: `chown root:root ${path} && chmod 0700 ${path}`,
  };
}

/** Where credentials are staged, and what the helper remembers. */
export const staging: Check = {
  name: "staging",
  title: `the directories below ${RUN_DIRECTORY}`,
  async run() {
    // Without the directory above, that is what is told of.
    if ((await lookAt(RUN_DIRECTORY))?.kind !== "directory") return [];
    const judged = await Promise.all(
      ROOMS.map(async (room) => judgeRoom(room, await lookAt(`${RUN_DIRECTORY}/${room}`))),
    );
    return judged.filter((finding) => finding !== null);
  },
};
