import { closeSync, openSync, readSync } from "node:fs";

/** All files that are read here are shorter; more of one is not needed. */
const buffer = Buffer.alloc(4096);

/** What says no more than that there is nothing to read: gone, not ours to see, or a process that has just ended. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ESRCH", "ENODEV", "EOPNOTSUPP"]);

/**
 * The beginning of a small file of the kernel's; null where there is none to read. Synchronous: the kernel answers at
 * once, and a way through the thread pool costs several times as much, hundreds of times in a row.
 */
export function readSmall(path: string): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, "r");
    return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
