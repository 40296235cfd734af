import { lstatSync, type Stats } from "node:fs";

/** What lies at a path; a link stands for itself. */
export interface PathFacts {
  readonly path: string;
  readonly kind: "file" | "directory" | "socket" | "link" | "other";
  readonly uid: number;
  readonly gid: number;
  /** The permissions alone. */
  readonly mode: number;
}

const kindOf = (stat: Stats): PathFacts["kind"] => {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSocket()) return "socket";
  return stat.isSymbolicLink() ? "link" : "other";
};

/** Null: nothing. At once: a few looks are done sooner than threads are made for them. */
export function lookAt(path: string): PathFacts | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined
    ? null
    : { path, kind: kindOf(stat), uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777 };
}

/** `0660`. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
