import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

const OTHERS_MAY_WRITE = 0o022;

/** The path itself and every directory above it. */
function* upwards(path: string): Generator<string> {
  for (let at = path; ; at = dirname(at)) {
    yield at;
    if (at === "/") return;
  }
}

/**
 * Tells what is wrong with the ownership of a unit's files, or null. The way to a file counts as the file does:
 * who can write a directory can put another file there. A link is judged where it stands and where it leads.
 */
export function findFileProblem(paths: readonly string[]): string | null {
  for (const path of paths) {
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      return `${path} cannot be read by the helper`;
    }
    for (const each of new Set([...upwards(path), ...upwards(real)])) {
      const stat = lstatSync(each);
      if (stat.uid !== 0) return `${each} does not belong to root`;
      // A link has no mode of its own.
      if (!stat.isSymbolicLink() && (stat.mode & OTHERS_MAY_WRITE) !== 0)
        return `${each} is writable by others than root`;
    }
  }
  return null;
}
