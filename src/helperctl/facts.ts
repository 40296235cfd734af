import { displayWidth } from "./columns.ts";
import type { Piece } from "./pieces.ts";
import { joinPieces } from "./pieces.ts";
import type { Screen } from "./screen.ts";
import { paint } from "./screen.ts";
import { wrap } from "./wrap.ts";

/** A label and what stands beside it, all of it harmless. A text goes on below itself; pieces are one line. */
export interface Fact {
  readonly label: string;
  readonly value: string | readonly Piece[];
}

const GAP = "  ";

/** Breaks a line of one long word, such as a path, where the terminal ends: nothing may run into the left margin. */
function fold(line: string, columns: number | null): string[] {
  if (columns === null || displayWidth(line) <= columns) return [line];
  const lines = [""];
  for (const char of line) {
    const last = lines.length - 1;
    const longer = `${lines[last] ?? ""}${char}`;
    if (displayWidth(longer) > columns) lines.push(char);
    else lines[last] = longer;
  }
  return lines;
}

function valueLines(value: Fact["value"], screen: Screen): string[] {
  if (typeof value !== "string") return [joinPieces(value, screen)];
  return wrap(value, screen.columns).flatMap((line) => fold(line, screen.columns));
}

/** Lines of facts, the values below each other. */
export function renderFacts(facts: readonly Fact[], screen: Screen): string[] {
  const width = Math.max(0, ...facts.map(({ label }) => displayWidth(label))) + GAP.length;
  const room = screen.columns === null ? null : Math.max(1, screen.columns - width);
  return facts.flatMap(({ label, value }) =>
    valueLines(value, { ...screen, columns: room }).map((line, at) => {
      const before = at === 0 ? label : "";
      return paint(screen, "aside", before) + " ".repeat(width - displayWidth(before)) + line;
    }),
  );
}
