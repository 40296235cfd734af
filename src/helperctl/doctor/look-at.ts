import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";

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

/** Null: nothing. */
export async function lookAt(path: string): Promise<PathFacts | null> {
  try {
    const stat = await lstat(path);
    return { path, kind: kindOf(stat), uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** `0660`. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
