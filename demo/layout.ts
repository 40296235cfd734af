const MARGIN = 2;
const MARK = 2;

/** "34 ms" below a second, "2.9 s" from there on. */
export const duration = (ms: number): string =>
  Math.round(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** Of a step: "0 ms" would look as if nothing had been tried. */
export const stepTime = (ms: number): string => (ms < 1 ? "" : duration(ms));

/** Breaks a text at spaces. A word that is longer than a line stands on a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The lines below a step, as far in as its words. */
export function indent(text: string, width: number): string {
  const margin = " ".repeat(MARGIN + MARK);
  return text
    .split("\n")
    .flatMap((line) => wrap(line, width - margin.length))
    .map((line) => `${margin}${line}`)
    .join("\n");
}

/** A step in one line, with its time at the right edge where that fits. */
export function stepLine(
  mark: string,
  label: string,
  time: string,
  width: number,
): { left: string; right: string } {
  const left = `${" ".repeat(MARGIN)}${mark} ${label}`;
  if (time === "") return { left, right: "" };
  const gap = Math.max(1, width - left.length - time.length);
  return { left, right: `${" ".repeat(gap)}${time}` };
}
