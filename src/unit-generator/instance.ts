import type { UserName } from "../protocol/target.ts";
import { parseUserName, USER_NAME_RULE } from "../protocol/target.ts";
import { escapeForUnit, unescapeFromUnit } from "../units/escape.ts";
import { UNIT_NAME_MAX } from "../units/pattern.ts";
import { escapeUnprintable } from "../units/printable.ts";
import { Refusal } from "./refusal.ts";

const SHOWN_CHARACTERS = 100;

const show = (text: string): string =>
  `"${escapeUnprintable(text.slice(0, SHOWN_CHARACTERS))}${text.length > SHOWN_CHARACTERS ? "..." : ""}"`;

/**
 * The user that an instance of the unit is for, from the program's arguments. systemd passes the instance as it
 * stands in the unit's name, escaped (`%i`).
 * @throws Refusal unless it is one argument, and one that escaping a user name gives
 */
export function parseInstance(args: readonly string[]): UserName {
  const [instance, ...others] = args;
  if (instance === undefined || others.length > 0) {
    throw new Refusal(
      "usage",
      "usage: unit-generator.mjs INSTANCE, where INSTANCE is a user name as systemd-escape gives it",
    );
  }
  const text = instance.length <= UNIT_NAME_MAX ? unescapeFromUnit(instance) : null;
  // More than one text unescapes to the same name: only the one that escaping gives is an instance.
  if (text === null || escapeForUnit(text) !== instance) {
    throw new Refusal("usage", `${show(instance)} is not what systemd-escape makes of a user name`);
  }
  const user = parseUserName(text);
  if (user === null) throw new Refusal("usage", `${show(text)} is no user name: ${USER_NAME_RULE}`);
  return user;
}
