/** One line `Key=Value` of a unit file. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  /** Without the white space around it; lines that were continued are joined by a space, as systemd does. */
  readonly value: string;
  readonly file: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Where its key begins, from 1. */
  readonly column: number;
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

// What systemd calls white space, which is less than what JavaScript does.
const SURROUNDING = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const strip = (text: string): string => text.replace(SURROUNDING, "");
const isComment = (text: string): boolean => /^[ \t]*[#;]/.test(text);

/** Every one of these ends a line for systemd's read_line(). */
const END_OF_LINE = /\r\n|\n\r|[\n\r\0]/;

/** A backslash at the end goes on in the next line; one that is itself escaped does not. */
function isContinued(text: string): boolean {
  let backslashes = 0;
  while (text[text.length - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Joins what is continued. Comments end no continuation: systemd passes over them. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let begun: { parts: string[]; line: number } | null = null;
  for (const [at, physical] of text.split(END_OF_LINE).entries()) {
    if (isComment(physical)) continue;
    const current: { parts: string[]; line: number } = begun ?? { parts: [], line: at + 1 };
    if (isContinued(physical)) {
      current.parts.push(`${physical.slice(0, -1)} `);
      begun = current;
      continue;
    }
    begun = null;
    yield { text: [...current.parts, physical].join(""), line: current.line };
  }
  if (begun !== null) yield { text: begun.parts.join(""), line: begun.line };
}

/**
 * Reads the text of a unit file or of a drop-in, as systemd.syntax(7) has it. What is no assignment in a section is
 * passed over, as systemd does, which says so in the log.
 */
export function parseUnitFile(file: string, text: string): Assignment[] {
  const assignments: Assignment[] = [];
  let section: string | null = null;
  for (const { text: raw, line } of logicalLines(text.replace(/^\ufeff/, ""))) {
    const logical = strip(raw);
    const header = /^\[([^\]]*)\]$/.exec(logical);
    if (header !== null) section = header[1] ?? "";
    const equals = logical.indexOf("=");
    if (header !== null || equals <= 0 || section === null) continue;
    assignments.push({
      section,
      key: strip(logical.slice(0, equals)),
      value: strip(logical.slice(equals + 1)),
      file,
      line,
      column: raw.length - raw.replace(/^[ \t\r]+/, "").length + 1,
    });
  }
  return assignments;
}

/** Assignments of one key of `[Service]`, the files in the order in which systemd reads them. */
const of = (assignments: readonly Assignment[], key: string): Assignment[] =>
  assignments.filter((each) => each.section === "Service" && each.key === key);

/** The assignment of a single value that counts: the last. An empty one goes back to the default, and is one too. */
export const lastOf = (assignments: readonly Assignment[], key: string): Assignment | null =>
  of(assignments, key).at(-1) ?? null;

/** The assignments that a list is made of: an empty one takes away all that came before. */
export function listOf(assignments: readonly Assignment[], key: string): Assignment[] {
  const all = of(assignments, key);
  return all.slice(all.findLastIndex(({ value }) => value === "") + 1);
}
