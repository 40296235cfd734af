import type { Include } from "./model.ts";

/** As sudo's own scanner takes it: at the beginning of a line, with `#` as in the old days. */
const INCLUDE = /^[ \t]*[#@]include(?:dir)?[ \t"].*$/;

/** The same in an empty file. In the middle of a continued line it stays the mistake that it was. */
const OF_NOTHING = "@include /dev/null";

export interface WithoutIncludes {
  readonly text: string;
  readonly includes: readonly Include[];
}

/**
 * Takes the includes out of a sudoers file; every other line keeps its place. cvtsudoers would follow them as
 * whoever runs it: a fragment that somebody handed in could then name any file of root's, of which a syntax error
 * prints the lines, or a FIFO, on which it would wait.
 */
export function takeOutIncludes(text: string): WithoutIncludes {
  const includes: Include[] = [];
  const lines = text.split("\n").map((line, at) => {
    if (!INCLUDE.test(line)) return line;
    includes.push({ line: at + 1, text: line.trim() });
    return OF_NOTHING;
  });
  return { text: lines.join("\n"), includes };
}
