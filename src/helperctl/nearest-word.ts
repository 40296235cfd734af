const cell = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0;

/** How many letters have to be changed, put in, left out or swapped with their neighbour to get from one word to the other. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = cell(rows, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? cell(rows, i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(cell(rows, i - 1, j) + 1, cell(rows, i, j - 1) + 1, changed, swapped));
    }
  }
  return cell(rows, a.length, b.length);
}

/** A word longer than any that is known is no slip of the finger, and would only cost time. */
const LONGEST = 40;

/** The known word that was most likely meant; null where none is near, or the beginning of several words was given. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const begun = known.filter((each) => word.length > 1 && each.startsWith(word));
  if (begun.length > 0) return begun.length === 1 ? (begun[0] ?? null) : null;
  const [best] = known.map((each) => ({ each, far: distance(word, each) })).toSorted((a, b) => a.far - b.far);
  return best !== undefined && best.far <= Math.max(1, Math.floor(word.length / 3)) ? best.each : null;
}

/** A sentence to follow "There is no ...", or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === null ? "" : ` Did you mean ${nearest}?`;
}
