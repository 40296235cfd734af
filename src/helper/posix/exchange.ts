import koffi from "koffi";
import { bind, SystemCallError } from "./libc.ts";

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;

const renameat2 = bind("renameat2", "int", ["int", "char *", "int", "char *", "uint"]);

const rename = (from: string, to: string, flags: number): number =>
  renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) === 0 ? 0 : koffi.errno();

/**
 * Puts `from` in the place of `to` in one step: rename(2). What stood at `to` stands at `from` afterwards.
 * @returns whether something stood there
 */
export function putInPlace(from: string, to: string): boolean {
  const errno = rename(from, to, RENAME_EXCHANGE);
  if (errno === 0) return true;
  if (errno !== koffi.os.errno.ENOENT) throw new SystemCallError("renameat2", errno);
  const missing = rename(from, to, RENAME_NOREPLACE);
  if (missing !== 0) throw new SystemCallError("renameat2", missing);
  return false;
}
