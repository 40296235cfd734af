import type { Role, Screen } from "./screen.ts";
import { paint, PLAIN } from "./screen.ts";

const ZERO_WIDTH = /\p{M}/u;
const DOUBLE_WIDTH =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
const GAP = "  ";
/** A column that is cut keeps this much: a title and a little of what stands below it. */
const LEAST_WIDTH = 6;

const widthOf = (char: string): number => (ZERO_WIDTH.test(char) ? 0 : DOUBLE_WIDTH.test(char) ? 2 : 1);

/** Most text is, and its width is its length. */
const ASCII = /^[ -~]*$/;

/** How many columns of a terminal a text takes. */
export const displayWidth = (text: string): number =>
  ASCII.test(text) ? text.length : Array.from(text).reduce((width, char) => width + widthOf(char), 0);

/** How much of a text, from its beginning, fits into a width. */
function headOf(text: string, width: number): string {
  let head = "";
  let left = width;
  for (const char of text) {
    left -= widthOf(char);
    if (left < 0) break;
    head += char;
  }
  return head;
}

/** Cuts a text that is wider than it may be, and says so with an ellipsis. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width > 0 ? `${headOf(text, width - 1)}…` : "";
}

/** Breaks a text into rows of a width, all but the first indented; what needs more rows than it may have is cut. */
export function breakIntoRows(
  text: string,
  width: number,
  { lines, indent }: { lines: number; indent: string },
): string[] {
  const rows: string[] = [];
  let rest = text;
  while (rest !== "" || rows.length === 0) {
    const before = rows.length === 0 ? "" : indent;
    const room = width - before.length;
    const head = headOf(rest, room);
    // Where not even one character fits, there is nothing to gain by going on.
    if (rows.length === lines - 1 || head === "") return [...rows, before + fit(rest, room)];
    rows.push(before + head);
    rest = rest.slice(head.length).trimStart();
  }
  return rows;
}

/** One place in a table. */
export interface Cell {
  readonly text: string;
  readonly role?: Role;
}

type Row = readonly (string | Cell)[];

const cellOf = (cell: string | Cell): Cell => (typeof cell === "string" ? { text: cell } : cell);

/** Takes from the widest of the columns that may be cut, until all fit. */
function shrink(widths: number[], columns: number, mayShrink: readonly number[]): void {
  const total = (): number => widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  for (let over = total() - columns; over > 0; over--) {
    const [widest] = mayShrink
      .filter((at) => (widths[at] ?? 0) > LEAST_WIDTH)
      .toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

export interface Layout {
  readonly screen?: Screen;
  /** Which columns may be cut where the screen is too narrow for all. */
  readonly shrink?: readonly number[];
}

/**
 * Lines in which the cells of a column stand below each other, two spaces apart. Cells are one line each, and
 * harmless. On a terminal no line is wider than it.
 */
export function alignColumns(
  rows: readonly Row[],
  { screen = PLAIN, shrink: mayShrink = [] }: Layout = {},
): string[] {
  const cells = rows.map((row) => row.map(cellOf));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [at, { text }] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, displayWidth(text));
  }
  if (screen.columns !== null) shrink(widths, screen.columns, mayShrink);
  return cells.map((row) => lineOf(row, widths, screen));
}

/** Cells that are left on the line after the last one with a text would only be spaces. */
function lineOf(row: readonly Cell[], widths: readonly number[], screen: Screen): string {
  const last = row.findLastIndex(({ text }) => text !== "");
  let room = screen.columns ?? Infinity;
  let line = "";
  for (const [at, { text, role = "plain" }] of row.slice(0, last + 1).entries()) {
    const width = widths[at] ?? 0;
    const shown = fit(text, Math.min(screen.columns === null ? Infinity : width, Math.max(0, room)));
    const padding = at === last ? "" : " ".repeat(Math.max(0, width - displayWidth(shown))) + GAP;
    line += paint(screen, role, shown) + padding;
    room -= width + GAP.length;
  }
  return line.trimEnd();
}
