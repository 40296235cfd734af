import { wrap } from "../wrap.ts";

/** Characters that roff would take for its own, or turn into another: a hyphen must stay one that can be copied. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  '"': "\\(dq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

const escapeChars = (text: string): string =>
  text.replace(/[\\\-'"`^~]/g, (char) => ESCAPES[char] ?? char).replace(/\s+/g, " ");

/** A dot at the beginning of a line begins a request; \& is nothing, and stands before it. */
const guard = (line: string): string => (line.startsWith(".") ? `\\&${line}` : line);

/** One line of text, with nothing in it that roff would obey. */
export const escapeRoff = (text: string): string => guard(escapeChars(text));

const SOURCE_WIDTH = 78;

/** The same for running text, in lines that a person can read; roff fills them anew. */
export const flow = (text: string): string =>
  wrap(escapeChars(text).trim(), SOURCE_WIDTH).map(guard).join("\n");

/** A request of the man(7) macros, its arguments in quotes. */
export const request = (name: string, ...texts: string[]): string =>
  [`.${name}`, ...texts.map((text) => `"${escapeRoff(text)}"`)].join(" ");

export const bold = (text: string): string => `\\fB${escapeRoff(text)}\\fR`;
export const italic = (text: string): string => `\\fI${escapeRoff(text)}\\fR`;

/** A paragraph. */
export const paragraph = (text: string): string[] => [".PP", flow(text)];

/** A term, which is roff already, and below it, further in, what it means. */
export const item = (term: string, text: string): string[] => [".TP", term, flow(text)];
