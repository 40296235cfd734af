import { displayWidth } from "./columns.ts";
import { foldText } from "./fold.ts";
import type { Piece } from "./pieces.ts";
import { joinPieces } from "./pieces.ts";
import type { Screen } from "./screen.ts";
import { paint } from "./screen.ts";

/** A label and what stands beside it, all of it harmless. A text goes on below itself; pieces are one line. */
export interface Fact {
  readonly label: string;
  readonly value: string | readonly Piece[];
}

const GAP = "  ";

function valueLines(value: Fact["value"], screen: Screen): string[] {
  if (typeof value !== "string") return [joinPieces(value, screen)];
  // Nothing may run into the left margin, not even one long word, such as a path.
  return screen.columns === null ? [value] : foldText(value, screen.columns);
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
