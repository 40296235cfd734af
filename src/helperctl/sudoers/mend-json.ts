/** Options of a command that cvtsudoers prints as `"role": "x"` in a list. */
const STRAY_PAIR = /^(\s*)("(?:\\.|[^"\\])*": (?:"(?:\\.|[^"\\])*"|\d+))(,?)$/gm;
const STRAY_NAMES = /^"(?:runchroot|runcwd|role|type|privs|limitprivs|apparmor_profile)"/;

/** A list of Defaults of which it knew none has no comma behind it. */
const MISSING_COMMA = /^( {4}\])(?=\n {4}")/gm;

const mend = (json: string): string =>
  json
    .replace(MISSING_COMMA, "$1,")
    .replace(STRAY_PAIR, (line, indent: string, pair: string, comma: string) =>
      STRAY_NAMES.test(pair) ? `${indent}{ ${pair} }${comma}` : line,
    );

/**
 * Parses what cvtsudoers prints, which is not always JSON: 1.9.13 has the two faults above. Strings hold no bare
 * newline, so nothing that stands in one is taken for a line.
 * @throws SyntaxError
 */
export function parseMended(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const mended = mend(json);
    if (mended === json) throw error;
    return JSON.parse(mended);
  }
}
