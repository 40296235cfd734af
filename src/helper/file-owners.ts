import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

const OTHERS_MAY_WRITE = 0o022;

/** What is wrong with the ownership of one path. */
export interface FileFault {
  /** What is at fault: the path that was asked about, or a directory on the way to it. */
  readonly path: string;
  readonly kind: "unreadable" | "missing" | "owner" | "writable";
  /** A sentence without its full stop. */
  readonly text: string;
}

/** The path itself and every directory above it. */
function* upwards(path: string): Generator<string> {
  for (let at = path; ; at = dirname(at)) {
    yield at;
    if (at === "/") return;
  }
}

function realPathOf(path: string): string | FileFault {
  try {
    return realpathSync(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      path,
      kind: isMissing ? "missing" : "unreadable",
      text: `${path} cannot be read by the helper`,
    };
  }
}

/**
 * Tells what is wrong with the ownership of files. The way to a file counts as the file does: who can write a
 * directory can put another file there. A link is judged where it stands and where it leads.
 */
export function* findFileFaults(paths: readonly string[]): Generator<FileFault, undefined> {
  for (const path of paths) {
    const real = realPathOf(path);
    if (typeof real !== "string") {
      yield real;
      continue;
    }
    for (const each of new Set([...upwards(path), ...upwards(real)])) {
      const stat = lstatSync(each);
      if (stat.uid !== 0) yield { path: each, kind: "owner", text: `${each} does not belong to root` };
      // A link has no mode of its own.
      if (!stat.isSymbolicLink() && (stat.mode & OTHERS_MAY_WRITE) !== 0)
        yield { path: each, kind: "writable", text: `${each} is writable by others than root` };
    }
  }
}

/** The first thing that is wrong with the ownership of a unit's files, as a sentence; null: nothing. */
export const findFileProblem = (paths: readonly string[]): string | null =>
  findFileFaults(paths).next().value?.text ?? null;
