import type { ReadStream, WriteStream } from "node:tty";

/** The two ends of a terminal. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** Null where input or output is no terminal, or the terminal cannot move its cursor. */
export const terminalOf = (
  { stdin, stdout }: Streams,
  { TERM }: Readonly<Record<string, string | undefined>>,
): Terminal | null =>
  stdin.isTTY && stdout.isTTY && (TERM ?? "") !== "" && TERM !== "dumb"
    ? { input: stdin, output: stdout }
    : null;
