import { closeSync } from "node:fs";
import { bind, SystemCallError } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

const socket = bind("socket", "int", ["int", "int", "int"]);
const sendto = bind("sendto", "intptr_t", ["int", "void *", "size_t", "int", "void *", "uint32"]);

/** struct sockaddr_un: unix(7). An address that begins with `@` is an abstract one. */
function addressOf(path: string): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`)]);
}

/**
 * Tells the service manager something: sd_notify(3). Does nothing where nobody asked to be told.
 * Node has no Unix datagram socket, and the sandbox lets us execute no systemd-notify.
 */
export function notify(lines: readonly string[], path = process.env["NOTIFY_SOCKET"]): void {
  if (path === undefined || path === "") return;
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0) as number;
  if (fd < 0) throw new SystemCallError("socket");
  try {
    const message = Buffer.from(lines.join("\n"));
    const address = addressOf(path);
    const sent = sendto(fd, message, message.length, 0, address, address.length) as number;
    if (sent < 0) throw new SystemCallError("sendto");
  } finally {
    closeSync(fd);
  }
}
