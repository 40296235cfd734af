/** A TOML basic string; whatever does not print is escaped, so that nothing breaks out of it or hides in it. */
export const tomlString = (text: string): string =>
  JSON.stringify(text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );

const WIDTH = 80;

/** As many on a line as fit. */
function fill(strings: readonly string[]): string[] {
  const lines: string[] = [];
  for (const each of strings) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + each.length <= WIDTH)
      lines[lines.length - 1] = `${line} ${each}`;
    else lines.push(`  ${each}`);
  }
  return lines;
}

/** An array of strings: on one line where it fits beside what else stands there, else on several. */
export function tomlArray(texts: readonly string[], beside: number): string {
  const strings = texts.map(tomlString);
  const line = `[${strings.join(", ")}]`;
  if (beside + line.length <= WIDTH) return line;
  return ["[", ...fill(strings.map((each) => `${each},`)), "]"].join("\n");
}

/** An inline table of strings. */
export function tomlInline(pairs: Iterable<readonly [string, string]>): string {
  const inside = Array.from(pairs, ([key, value]) => `${key} = ${tomlString(value)}`).join(", ");
  return `{ ${inside} }`;
}
