// What moves the cursor: ECMA-48, 8.3 (CUP, EL, ED).
const at = (row: number): string => `\u001b[${row};1H`;
const TO_END_OF_LINE = "\u001b[K";
const WHOLE_SCREEN = "\u001b[2J";

/**
 * What to write so that a screen shows these lines: all of them where nothing is known of what it shows, and else
 * those that are not there yet. A line is written before the rest of its row is wiped, so that nothing flickers.
 */
export function renderFrame(before: readonly string[] | null, lines: readonly string[]): string {
  const changed = lines
    .map((line, row) =>
      before !== null && before[row] === line ? "" : `${at(row + 1)}${line}${TO_END_OF_LINE}`,
    )
    .join("");
  return before === null ? `${WHOLE_SCREEN}${changed}` : changed;
}
