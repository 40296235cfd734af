import { escapeUnprintable } from "../../units/printable.ts";
import { displayWidth } from "../columns.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";

/** Where nothing says how wide a line may be: enough to see what is meant. */
const WIDTH = 160;
const NUMBER_WIDTH = 6;
const TAB = "    ";
const ELLIPSIS = "…";

/** Characters of a line as a terminal may have them, each beside its width. */
interface Glyph {
  readonly shown: string;
  readonly width: number;
}

function glyphOf(char: string): Glyph {
  const shown = char === "\t" ? TAB : escapeUnprintable(char);
  return { shown, width: displayWidth(shown) };
}

const widthOf = (glyphs: readonly Glyph[]): number => glyphs.reduce((sum, { width }) => sum + width, 0);
const shownOf = (glyphs: readonly Glyph[]): string => glyphs.map(({ shown }) => shown).join("");

/** As many from the front as fit. */
function take(glyphs: readonly Glyph[], room: number): Glyph[] {
  let left = room;
  const end = glyphs.findIndex(({ width }) => (left -= width) < 0);
  return end === -1 ? [...glyphs] : glyphs.slice(0, end);
}

/** What stands before the place, cut on its left, and what follows, cut on its right. */
function windowOn(before: readonly Glyph[], after: readonly Glyph[], room: number): [string, string] {
  const leftRoom = Math.floor(room - Math.min(widthOf(after), room / 2));
  const isCut = widthOf(before) > leftRoom;
  const kept = isCut ? take(before.toReversed(), leftRoom - ELLIPSIS.length).toReversed() : before;
  const left = `${isCut ? ELLIPSIS : ""}${shownOf(kept)}`;
  const rest = room - displayWidth(left);
  if (widthOf(after) <= rest) return [left, shownOf(after)];
  return [left, `${shownOf(take(after, rest - ELLIPSIS.length))}${ELLIPSIS}`];
}

/** Only what can be shown is looked at: a line may be a megabyte long. */
const glyphsOf = (text: string): Glyph[] => Array.from(text, glyphOf);

/**
 * A line of a file with its number, and a caret below a column, which counts UTF-16 units from 1 as the policy's
 * places do. Nothing in it acts on a terminal, and what is wide, tabbed or escaped leaves the caret where it belongs.
 */
export function renderExcerpt(
  screen: Screen,
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): string[] {
  const gutter = `${String(line).padStart(NUMBER_WIDTH)} | `;
  const room = Math.max((screen.columns ?? WIDTH) - gutter.length, 2 * TAB.length);
  const place = column - 1;
  const [before, after] = windowOn(
    glyphsOf(text.slice(Math.max(0, place - 2 * room), place)),
    glyphsOf(text.slice(place, place + 2 * room)),
    room,
  );
  const margin = `${" ".repeat(gutter.length - 2)}| `;
  return [
    `${paint(screen, "aside", gutter)}${before}${after}`.trimEnd(),
    `${paint(screen, "aside", margin)}${" ".repeat(displayWidth(before))}${paint(screen, "bad", "^")}`,
  ];
}
