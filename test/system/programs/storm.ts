// One hostile peer of a listening socket, for so many seconds: storm KIND SECONDS PATH.
// Says what it did, as one line of JSON.
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface StormReport {
  readonly connections: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly lines: number;
  /** Lines that say `busy`. */
  readonly busy: number;
}

const [kind = "", seconds = "1", path = "/run/hub-helper/helper.sock"] = process.argv.slice(2);
const until = performance.now() + Number(seconds) * 1000;
const isOver = (): boolean => performance.now() >= until;
const report = { connections: 0, sentBytes: 0, receivedBytes: 0, lines: 0, busy: 0 };
const open = new Set<Socket>();

/** A connection, or null where the socket's queue is full. Replies are read and counted unless `reads` is false. */
function dial({ reads = true } = {}): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: false });
    socket.on("error", () => resolve(null));
    socket.on("close", () => open.delete(socket));
    socket.on("connect", () => {
      report.connections++;
      open.add(socket);
      resolve(socket);
    });
    if (!reads) return;
    socket.on("data", (bytes: Buffer) => {
      report.receivedBytes += bytes.length;
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) report.lines++;
      if (bytes.includes('"busy"')) report.busy++;
    });
  });
}

/** Resolves when the socket takes more, or is gone. */
function write(socket: Socket, bytes: Buffer | string): Promise<void> {
  if (socket.destroyed || !socket.writable) return Promise.resolve();
  report.sentBytes += bytes.length;
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
    socket.write(bytes, () => resolve());
  });
}

const isUp = (socket: Socket | null): socket is Socket =>
  socket !== null && !socket.destroyed && socket.writable;

/** So many connections at a time, each made again when it has ended, that send the same again and again. */
async function pour(count: number, bytes: Buffer | string, options = {}): Promise<void> {
  const one = async (): Promise<void> => {
    while (!isOver()) {
      const socket = await dial(options);
      if (socket === null) await delay(5);
      while (!isOver() && isUp(socket)) {
        const written = write(socket, bytes);
        await Promise.race([written, delay(until - performance.now())]);
      }
      socket?.destroy();
    }
  };
  await Promise.all(Array.from({ length: count }, one));
}

const request = (method: string, params: object = {}, id: string | number = 1): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
const repeated = (text: string, bytes: number): Buffer =>
  Buffer.from(text.repeat(Math.ceil(bytes / text.length)));

const KINDS: Record<string, () => Promise<void>> = {
  newlines: () => pour(8, Buffer.alloc(64 * 1024, 10)),
  "half-frames": () => pour(60, Buffer.alloc(500_000, "x")),
  "big-ids": () => pour(8, request("describe", {}, "i".repeat(500_000))),
  "big-frames": () => pour(8, request("start", { user: "nobody-here", server: '"'.repeat(250_000) })),
  // Params that are read, each of characters that take two bytes in memory.
  "big-params": () =>
    pour(60, request("write-credentials", { user: "mallory", env: { LANG: "\u0100".repeat(250_000) } })),
  refusals: () => pour(20, repeated(request("start", { user: "root" }), 64 * 1024)),
  lists: () => pour(20, repeated(request("list"), 4096)),
  notifications: () =>
    pour(8, repeated('{"jsonrpc":"2.0","method":"start","params":{"user":"zoe"}}\n', 64 * 1024)),
  "failing-starts": () => pour(8, repeated(request("start", { user: "failing" }), 4096)),
  "slow-readers": () => pour(40, repeated(request("describe") + request("list"), 4096), { reads: false }),
  bytes: () => pour(60, "{"),

  async watches() {
    const all = await Promise.all(Array.from({ length: 56 }, () => dial()));
    while (!isOver()) {
      await Promise.all(all.filter(isUp).map((socket) => write(socket, request("watch").repeat(8))));
      await delay(50);
    }
  },

  async connects() {
    const one = async (): Promise<void> => {
      while (!isOver()) {
        const socket = await dial();
        if (socket === null) await delay(1);
        socket?.destroy();
      }
    };
    await Promise.all(Array.from({ length: 100 }, one));
  },

  /** Asks for much and leaves before it is answered. */
  async leavers() {
    const one = async (): Promise<void> => {
      while (!isOver()) {
        const socket = await dial();
        if (socket === null) await delay(5);
        else await Promise.race([write(socket, request("list").repeat(300)), delay(50)]);
        socket?.destroy();
      }
    };
    await Promise.all(Array.from({ length: 20 }, one));
  },
};

const storm = KINDS[kind];
if (storm === undefined)
  throw new Error(`no storm is called ${kind}; there are ${Object.keys(KINDS).join(", ")}`);
await storm();
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit();
