import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";

// Others may put a FIFO in the file's place after the look at it: opening one must not wait for its writer.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What lies there is a FIFO, a device or the like, or is too long to read. */
export class NotReadable extends Error {
  override readonly name = "NotReadable";
}

function check(path: string, found: { isFile: () => boolean; size: number }, mostBytes: number): void {
  if (!found.isFile()) throw new NotReadable(`${path} is not a regular file`);
  if (found.size > mostBytes) throw new NotReadable(`${path} is longer than ${mostBytes} bytes`);
}

/**
 * Reads a file that an account other than root may be able to replace: it takes neither for ever nor all memory.
 * @throws NotReadable, or what the system says
 */
export async function readRegular(path: string, mostBytes: number): Promise<Buffer> {
  // Opening a device can do something, so it is looked at first.
  check(path, await stat(path), mostBytes);
  const file = await open(path, FLAGS);
  try {
    check(path, await file.stat(), mostBytes);
    const buffer = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
    }
    if (length > mostBytes) throw new NotReadable(`${path} is longer than ${mostBytes} bytes`);
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}
