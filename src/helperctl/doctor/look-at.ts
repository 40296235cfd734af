import { lstat } from "node:fs/promises";

export interface PathFacts {
  readonly path: string;
  readonly kind: "directory" | "socket" | "link" | "file" | "other";
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** What stands at a path, no link followed. Null: nothing, or it lies where the caller may not look. */
export async function lookAt(path: string): Promise<PathFacts | null> {
  try {
    const stats = await lstat(path);
    const kind = stats.isDirectory()
      ? "directory"
      : stats.isSocket()
        ? "socket"
        : stats.isSymbolicLink()
          ? "link"
          : stats.isFile()
            ? "file"
            : "other";
    return { path, kind, uid: stats.uid, gid: stats.gid, mode: stats.mode & 0o7777 };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(code)) return null;
    throw error;
  }
}

export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
