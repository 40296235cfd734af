import { displayWidth, fit } from "./columns.ts";
import type { Role, Screen } from "./screen.ts";
import { paint } from "./screen.ts";

/** A part of a line; harmless. */
export interface Piece {
  readonly text: string;
  readonly role?: Role;
  /** Where the line is too wide, pieces with a rank are left out, the lowest first. */
  readonly rank?: number;
}

const widthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((width, { text }) => width + displayWidth(text), 0);

/** Takes out the pieces of one rank after the other, until the rest fits or only what must stay is left. */
function thin(pieces: readonly Piece[], columns: number): readonly Piece[] {
  const ranks = [...new Set(pieces.flatMap(({ rank }) => (rank === undefined ? [] : [rank])))];
  let kept = pieces;
  for (const least of ranks.toSorted((a, b) => a - b)) {
    if (widthOf(kept) <= columns) break;
    kept = kept.filter(({ rank }) => rank !== least);
  }
  return kept;
}

/** One line out of pieces. On a terminal it is no wider than that: what matters least goes first, and the end is cut. */
export function joinPieces(pieces: readonly Piece[], screen: Screen): string {
  let room = screen.columns ?? Infinity;
  let line = "";
  for (const { text, role = "plain" } of thin(pieces, room)) {
    const shown = Number.isFinite(room) ? fit(text, room) : text;
    line += paint(screen, role, shown);
    room -= displayWidth(shown);
    if (shown !== text) break;
  }
  return line;
}
