import { closeSync } from "node:fs";
import { bind } from "./libc.ts";

const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const READ_BYTES = 16 * 1024;

const accept4 = bind("accept4", "int", ["int", "void *", "void *", "int"]);
const send = bind("send", "int64", ["int", "void *", "size_t", "int"]);
const recv = bind("recv", "int64", ["int", "void *", "size_t", "int"]);
const shutdown = bind("shutdown", "int", ["int", "int"]);
const unread = Buffer.alloc(READ_BYTES);

/** Takes the next connection of a listening socket that does not block; null where there is none. */
export function acceptFrom(listener: number): number | null {
  const fd = accept4(listener, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK) as number;
  return fd < 0 ? null : fd;
}

/** Says one thing to a connection that was accepted, and closes it. */
export function turnAway(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR);
  // A socket that is closed with bytes unread resets the connection, and the peer may never see what it was told.
  recv(fd, unread, READ_BYTES, MSG_DONTWAIT);
  closeSync(fd);
}

export const hangUp = (fd: number): void => closeSync(fd);
