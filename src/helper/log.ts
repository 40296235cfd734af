import { writeSync } from "node:fs";
import pino from "pino";

const STDOUT = 1;

/** syslog(3) priorities by pino's levels: journald takes one from `<N>` before a line. */
const PRIORITIES: Partial<Record<number, number>> = { 60: 2, 50: 3, 40: 4, 30: 6, 20: 7, 10: 7 };

const ESCAPED = /[\u007f-\uffff]/g;

/** ASCII alone, so that no separator, right-to-left mark or half a character gets into the log. */
const toAscii = (line: string): string =>
  line.replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Writes one line whole, now: a record that cannot be written throws. */
function writeLine(line: string): void {
  const { level } = JSON.parse(line) as { level: number };
  const bytes = Buffer.from(`<${PRIORITIES[level] ?? 6}>${toAscii(line)}`);
  for (let written = 0; written < bytes.length;) written += writeSync(STDOUT, bytes, written);
}

const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };

/** Lines that could not be written: the journal was gone, or its disk full. */
export const lost = { lines: 0 };

function writeLeniently(line: string): void {
  try {
    writeLine(line);
  } catch {
    lost.lines++; // where would the complaint go?
  }
}

/** The helper's log: JSON lines on standard output, which systemd hands to the journal. */
export const log = pino(options, { write: writeLeniently });

/** The same log for what must not happen unrecorded: a line that cannot be written throws. */
export const strictLog = pino(options, { write: writeLine });

export type Log = typeof log;
