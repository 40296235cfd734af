import { lstatSync } from "node:fs";
import type { FileFault } from "../../helper/file-owners.ts";
import type { Mend } from "./complaint.ts";

const STICKY = 0o1000;
/** Directories of other people's: what lies in them is moved, and not taken from them. */
const OTHERS = /^\/(?:home|tmp|var\/tmp|dev\/shm|run\/user)(?:\/|$)/;

const isOthers = (path: string): boolean =>
  OTHERS.test(path) ||
  ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & STICKY) !== 0 ||
  path === "/";

const COMMANDS: Partial<Record<FileFault["kind"], (path: string) => readonly string[]>> = {
  owner: (path) => ["chown", "-h", "root:root", path],
  writable: (path) => ["chmod", "go-w", path],
};

/** The commands that give every path to root alone; null where one of them is not root's to take. */
export function mendOwnership(faults: readonly FileFault[], file: string): Mend {
  const commands = faults.map(({ kind, path }) =>
    path !== file && isOthers(path) ? undefined : COMMANDS[kind]?.(path),
  );
  const known = commands.filter((command) => command !== undefined);
  const isWhole = known.length === commands.length && !OTHERS.test(file);
  return isWhole && known.length > 0 ? { kind: "run", commands: known } : null;
}
