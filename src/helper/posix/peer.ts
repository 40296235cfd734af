import { closeSync } from "node:fs";
import koffi from "koffi";
import { bind, SystemCallError } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;
const SO_PEERPIDFD = 77;
const POLLIN = 1;

const getsockopt = bind("getsockopt", "int", ["int", "int", "int", "void *", koffi.inout("uint32 *")]);
const poll = bind("poll", "int", ["void *", "ulong", "int"]);

/** Who connected, as the kernel says. */
export interface SocketPeer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Null where the kernel has no SO_PEERPIDFD (before 6.5), or the process is gone. */
  readonly process: PeerProcess | null;
}

/** The process that connected, held by a pidfd so that its pid cannot come to mean another one unnoticed. */
export class PeerProcess {
  readonly #fd: number;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** A pidfd becomes readable when its process ends: pidfd_open(2). */
  get alive(): boolean {
    if (this.#closed) return false;
    const pollfd = Buffer.alloc(8);
    pollfd.writeInt32LE(this.#fd, 0);
    pollfd.writeInt16LE(POLLIN, 4);
    return poll(pollfd, 1, 0) === 0;
  }

  close(): void {
    if (!this.#closed) closeSync(this.#fd);
    this.#closed = true;
  }
}

const socketpair = bind("socketpair", "int", ["int", "int", "int", "void *"]);

/** Whether the kernel hands out pidfds of peers, and with them a unit that can be trusted: SO_PEERPIDFD, 6.5 or later. */
export function kernelKnowsPeers(): boolean {
  const pair = Buffer.alloc(8);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) !== 0) throw new SystemCallError("socketpair");
  const ends = [pair.readInt32LE(0), pair.readInt32LE(4)] as const;
  try {
    const process = processOf(ends[0]);
    process?.close();
    return process !== null;
  } finally {
    for (const end of ends) closeSync(end);
  }
}

/** The value of one socket option. */
function option(fd: number, name: number, room: number): Buffer {
  const value = Buffer.alloc(room);
  const length = [room];
  if (getsockopt(fd, SOL_SOCKET, name, value, length) !== 0) throw new SystemCallError("getsockopt");
  return value.subarray(0, length[0]);
}

function groupsOf(fd: number): number[] {
  for (let room = 64; ; room *= 16) {
    try {
      const gids = option(fd, SO_PEERGROUPS, room * 4);
      return Array.from({ length: gids.length / 4 }, (_, at) => gids.readUInt32LE(at * 4));
    } catch (error) {
      // NGROUPS_MAX is 65536: room for that many is always enough.
      if (!(error instanceof SystemCallError && error.errno === koffi.os.errno.ERANGE) || room > 65536)
        throw error;
    }
  }
}

function processOf(fd: number): PeerProcess | null {
  try {
    return new PeerProcess(option(fd, SO_PEERPIDFD, 4).readInt32LE(0));
  } catch (error) {
    if (error instanceof SystemCallError) return null; // rules that name a unit then match nobody
    throw error;
  }
}

/**
 * Reads the peer of a connected Unix-domain socket: unix(7).
 * @throws SystemCallError when the kernel gives no identity
 */
export function readPeer(fd: number): SocketPeer {
  const credentials = option(fd, SO_PEERCRED, 12);
  if (credentials.length !== 12) throw new SystemCallError("SO_PEERCRED", 0);
  return {
    pid: credentials.readInt32LE(0),
    uid: credentials.readUInt32LE(4),
    gid: credentials.readUInt32LE(8),
    groups: groupsOf(fd),
    process: processOf(fd),
  };
}
