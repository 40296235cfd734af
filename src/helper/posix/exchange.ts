import koffi from "koffi";
import { bind, SystemCallError } from "./libc.ts";

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;

const renameat2 = bind("renameat2", "int", ["int", "char *", "int", "char *", "uint"]);

const rename = (from: string, to: string, flags: number): number =>
  renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) === 0 ? 0 : koffi.errno();

/**
 * Puts `from` in the place of `to` in one step: rename(2). What stood at `to`, if anything, stands at `from` afterwards.
 */
export function putInPlace(from: string, to: string): void {
  const errno = rename(from, to, RENAME_EXCHANGE);
  if (errno === 0) return;
  if (errno !== koffi.os.errno.ENOENT) throw new SystemCallError("renameat2", errno);
  const missing = rename(from, to, RENAME_NOREPLACE);
  if (missing !== 0) throw new SystemCallError("renameat2", missing);
}
