import { bind } from "./libc.ts";

const POLLHUP = 0x10;

const poll = bind("poll", "int", ["void *", "ulong", "int"]);

/**
 * Whether the other end of a stream socket is closed, and not only its sending half. Works also for a socket that is
 * not being read: Node learns of an end by reading alone.
 */
export function isHungUp(fd: number): boolean {
  const pollfd = Buffer.alloc(8);
  pollfd.writeInt32LE(fd, 0);
  return poll(pollfd, 1, 0) === 1 && (pollfd.readInt16LE(6) & POLLHUP) !== 0;
}
