import { displayWidth } from "./columns.ts";

/**
 * Breaks a harmless text into lines of at most so many columns, between words. A word that is wider stays whole:
 * it may be a command or a path that somebody wants to copy. Null: one line, however long.
 */
export function wrap(text: string, columns: number | null): string[] {
  if (columns === null) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
