import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import type { PathFacts } from "../look-at.ts";
import { lookAt, octal } from "../look-at.ts";
import { inTurn, RESTART_SOCKET } from "../mend.ts";
import { CONFIGURATION, RUN_DIRECTORY } from "../names.ts";
import { ROOMS } from "../../../helper/credentials/rooms.ts";

const PATHS = ROOMS.map((name) => join(RUN_DIRECTORY, name));
const TREE_MODE = 0o755;
const ROOM_MODE = 0o700;
const FILE_MODE = 0o600;
/** After so many faults in one room the rest is not looked at. */
const MOST_FAULTS = 10;
const OTHERS_MAY_WRITE = 0o022;

/** Makes what is missing, and gives what is there the right owner and mode. */
const TMPFILES = ["systemd-tmpfiles", "--create", CONFIGURATION] as const;

type Fault = "missing" | "kind" | "owner" | "writable" | "mode";

function faultOf(facts: PathFacts | null, wanted: number): Fault | null {
  if (facts === null) return "missing";
  if (facts.kind !== (wanted === FILE_MODE ? "file" : "directory")) return "kind";
  if (facts.uid !== 0) return "owner";
  if ((facts.mode & OTHERS_MAY_WRITE) !== 0) return "writable";
  return facts.mode === wanted && facts.gid === 0 ? null : "mode";
}

function sentence(fault: Fault, facts: PathFacts | null, wanted: number): string {
  const shown = facts === null ? "" : octal(facts.mode);
  const tainted = "what lies in it is not to be trusted, and the command takes it away";
  const sentences: Readonly<Record<Fault, string>> = {
    missing: "is missing, though tmpfiles.d makes it at boot",
    kind: `is ${wanted === FILE_MODE ? "neither directory nor file" : "no directory"} but a ${facts?.kind === "link" ? "symbolic link" : "thing of another kind"}: ${tainted}`,
    owner: `belongs to uid ${facts?.uid ?? ""} and not to root, who could have had root's files read as credentials: ${tainted}`,
    writable: `is writable by others than root (mode ${shown}), who could have had root's files read as credentials: ${tainted}`,
    mode: `has the mode ${shown} and the group ${facts?.gid ?? ""}; it should be ${octal(wanted)} and root's`,
  };
  return sentences[fault];
}

/** Servers that run have what they were given; only a restart reads it again. */
const LOST = "; servers that run keep theirs, and one that is restarted needs the hub to write them again";

/**
 * @param tree what lies at /run/hub-helper itself
 * @param rooms what lies at each path below it
 * @param below what lies in the rooms, all the way down
 */
export function judgeStaging(
  tree: PathFacts | null,
  rooms: ReadonlyMap<string, PathFacts | null>,
  below: readonly PathFacts[] = [],
): Finding[] {
  const of = (
    path: string,
    facts: PathFacts | null,
    wanted: number,
    tainted: string | null,
    access = inTurn(TMPFILES),
  ): Finding[] => {
    const fault = faultOf(facts, wanted);
    if (fault === null) return [];
    const isTainted = fault !== "missing" && fault !== "mode";
    const text = `${path} ${sentence(fault, facts, wanted)}${isTainted ? LOST : ""}`;
    const severity = fault === "mode" ? "warning" : "error";
    const mend = isTainted ? tainted : access;
    return [{ code: `staging-${fault}`, severity, text, file: path, mend }];
  };
  // Whoever owned it could have put anything below it.
  const all = inTurn(["rm", "-rf", "--", RUN_DIRECTORY], TMPFILES, RESTART_SOCKET);
  const ofTree = of(RUN_DIRECTORY, tree, TREE_MODE, all);
  if (ofTree.some(({ severity }) => severity === "error")) return ofTree;
  const ofRooms = [...rooms].flatMap(([path, facts]) =>
    of(path, facts, ROOM_MODE, inTurn(["rm", "-rf", "--", path], TMPFILES)),
  );
  const ofRest = below.flatMap((facts) => {
    const { path } = facts;
    const closing = facts.kind === "directory" ? ["-R", "u=rwX,go="] : ["0600"];
    const access = inTurn(["chown", "-hR", "root:root", "--", path], ["chmod", ...closing, "--", path]);
    return of(path, facts, modeOf(facts), inTurn(["rm", "-rf", "--", path]), access);
  });
  return [...ofTree, ...ofRooms, ...ofRest];
}

/** What is no directory should be a file. */
const modeOf = ({ kind }: PathFacts): number => (kind === "directory" ? ROOM_MODE : FILE_MODE);

/** What directly lies in a directory; an entry that the helper removes during the walk is left out. */
function look(directory: string): PathFacts[] {
  try {
    return readdirSync(directory).flatMap((name) => lookAt(join(directory, name)) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What is at fault in a room, all the way down; a directory that is at fault is not entered. */
function faultsIn(room: PathFacts): PathFacts[] {
  const found: PathFacts[] = [];
  const directories = [room.path];
  for (const directory of directories) {
    for (const facts of look(directory)) {
      if (faultOf(facts, modeOf(facts)) !== null) found.push(facts);
      else if (facts.kind === "directory") directories.push(facts.path);
      if (found.length === MOST_FAULTS) return found;
    }
  }
  return found;
}

/** Rooms that can be entered: root's alone. */
const isEnterable = (facts: PathFacts | null): facts is PathFacts =>
  facts !== null && [null, "mode"].includes(faultOf(facts, ROOM_MODE));

/** Everything that there is to see for a caller; the rooms open for root alone. */
export function examineStaging(isRoot: boolean): Finding[] {
  const tree = lookAt(RUN_DIRECTORY);
  const rooms = tree?.kind === "directory" ? PATHS.map((path) => [path, lookAt(path)] as const) : [];
  const entered = isRoot ? rooms.map(([, facts]) => facts).filter(isEnterable) : [];
  return judgeStaging(tree, new Map(rooms), entered.flatMap(faultsIn));
}

export const staging: Check = {
  name: "staging",
  title: "the directories below /run/hub-helper: root's alone",
  run: ({ isRoot }) => Promise.resolve(examineStaging(isRoot)),
};
