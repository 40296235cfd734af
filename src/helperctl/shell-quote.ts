import { escapeUnprintable } from "../units/printable.ts";

/** What means nothing to any POSIX shell, wherever in a command it stands. */
const PLAIN =
  /^[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:@%+,=-]*$|^-[A-Za-z0-9-]+$|^-[A-Za-z0-9-]+=[A-Za-z0-9_./:@%+,-]*$/;

/** One word for a POSIX shell, that the shell makes the very same text of. A NUL cannot be in one. */
export const quoteForShell = (text: string): string =>
  PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** More than a person would paste, or `harmless` would leave whole. */
const LONGEST = 900;

/**
 * A command line to show somebody who will paste it into a root shell. Null for one that a terminal would not show as
 * it is: what cannot be read before it is run is no advice.
 */
export const readable = (line: string): string | null =>
  line.length <= LONGEST && escapeUnprintable(line) === line ? line : null;

/** The command line that runs a program with these arguments. Null where it could not be shown. */
export const commandLine = (argv: readonly string[]): string | null =>
  readable(argv.map(quoteForShell).join(" "));
