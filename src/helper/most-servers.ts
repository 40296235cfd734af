import type { Question, Resolved } from "../policy/types.ts";
import { globOfUser, isNameOfUser, namesOfUser } from "../units/pattern.ts";
import type { Systemd } from "./systemd/systemd.ts";

/**
 * How many named servers of one account may have failed. A hub makes up their names, and PID 1 keeps each that has
 * failed until somebody resets it: the memory is PID 1's, and with 131072 units it loads none any more for anybody.
 */
const MOST_FAILED = 256;
/** How many units PID 1 may have in all before it is asked to start another whose name a hub has made up. */
const MOST_UNITS = 65_536;
/** What a start above that is told to wait, in milliseconds. */
const RETRY_MS = 10_000;

/** How long a start should wait because there are too many servers, in milliseconds; 0: it need not. */
export async function tooManyServersMs(
  systemd: Systemd,
  { method }: Question,
  resolved: Resolved | null,
): Promise<number> {
  const pattern = resolved?.template.namedUnit ?? null;
  if (method !== "start" || resolved === null || pattern === null || resolved.target.server === "") return 0;
  const names = namesOfUser(pattern, resolved.target.user);
  const failed = (await systemd.list([globOfUser(names)], ["failed"])).filter(
    ({ name }) => isNameOfUser(name, names) && name !== resolved.unit,
  );
  if (failed.length >= MOST_FAILED) return RETRY_MS;
  return (await systemd.unitCount()) >= MOST_UNITS ? RETRY_MS : 0;
}
