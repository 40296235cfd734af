import { displayWidth } from "./columns.ts";

/** Cuts a word that is wider than a line into pieces that are not. */
function chop(word: string, width: number): string[] {
  const pieces = [""];
  let room = width;
  for (const char of word) {
    room -= displayWidth(char);
    if (room < 0) {
      pieces.push("");
      room = width - displayWidth(char);
    }
    pieces[pieces.length - 1] = `${pieces.at(-1) ?? ""}${char}`;
  }
  return pieces;
}

/**
 * Breaks a text between its words, so that its first line is as wide as `first` leaves it and the others as `width`.
 * Words that are wider than a line are cut.
 */
export function foldText(text: string, width: number, first = width): string[] {
  const lines = [""];
  let room = first;
  for (const word of text.split(" ").flatMap((each) => chop(each, width))) {
    const line = lines.at(-1) ?? "";
    const needed = displayWidth(word) + (line === "" ? 0 : 1);
    if (needed <= room) {
      lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
      room -= needed;
    } else {
      lines.push(word);
      room = width - displayWidth(word);
    }
  }
  return lines;
}

/** Words as the shell sees them: spaces in quotes part nothing. */
const SHELL_WORD = /(?:'[^']*'|\\[^]|[^\s'\\])+/g;

/**
 * Breaks a command line between its words, each line but the last ending in a backslash: what is copied from a
 * terminal still is the same command. A word that is wider than a line stays whole.
 */
export function foldCommand(line: string, width: number): string[] {
  const words = line.match(SHELL_WORD) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const isRoom = last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width - 2;
    if (last !== undefined && isRoom) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((each, at) => (at === lines.length - 1 ? each : `${each} \\`));
}
