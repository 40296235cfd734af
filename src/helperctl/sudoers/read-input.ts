import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { SudoersError } from "./sudoers-error.ts";

/** No sudoers file is larger; whoever has one by accident should not fill the memory. */
export const MOST_BYTES = 1024 * 1024;

/** Stands for standard input in place of a path. */
export const STANDARD_INPUT = "-";

export const sourceOf = (file: string): string => (file === STANDARD_INPUT ? "standard input" : file);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "only root can, or whoever may read the file",
  EPERM: "only root can, or whoever may read the file",
  EISDIR: "it is a directory",
  ELOOP: "its links go around in a circle",
};

function unreadable(source: string, error: unknown): SudoersError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message;
  return new SudoersError("unreadable", `${source} cannot be read: ${reason}.`);
}

/** Reads a whole file, or standard input. @throws SudoersError */
export async function readInput(file: string): Promise<string> {
  const source = sourceOf(file);
  const stream: Readable = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const buffer = chunk as Buffer;
      bytes += buffer.length;
      if (bytes > MOST_BYTES) break;
      chunks.push(buffer);
    }
  } catch (error) {
    throw unreadable(source, error);
  }
  if (bytes > MOST_BYTES) {
    throw new SudoersError("too-large", `${source} is larger than ${MOST_BYTES / 1024 / 1024} MiB.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}
