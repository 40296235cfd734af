import { escapeUnprintable } from "../units/printable.ts";

const MOST_CHARACTERS = 1000;

/** Text from outside, made fit for one line of a terminal. */
export function harmless(text: string): string {
  // Cut first: escaping makes a megabyte of controls six times as long.
  const characters = Array.from(text.slice(0, 2 * MOST_CHARACTERS));
  const isWhole = characters.length <= MOST_CHARACTERS && text.length <= 2 * MOST_CHARACTERS;
  return escapeUnprintable(isWhole ? text : `${characters.slice(0, MOST_CHARACTERS).join("")}…`);
}

/** JSON leaves the controls above U+007E and the right-to-left marks as they are; here they are escaped as well. */
const UNPRINTABLE_UNITS = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;
const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

const escapeJson = (json: string): string =>
  json.replace(UNPRINTABLE_UNITS, (char) => char.split("").map(escapeUnit).join(""));

/** A value as JSON that a terminal shows as it is; a parser reads the very same value. */
export const harmlessJson = (value: unknown): string => `${escapeJson(JSON.stringify(value, null, 2))}\n`;

/** The same in one line, for a stream of values. */
export const harmlessJsonLine = (value: unknown): string => `${escapeJson(JSON.stringify(value))}\n`;
