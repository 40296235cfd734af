// Connections to the helper by number, under the account that runs this: commands come in, events go out, as lines.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export type Command =
  | readonly ["open", number, string]
  | readonly ["write", number, string]
  | readonly ["end" | "destroy" | "pause" | "resume", number];

/** `closed` carries the error's code, or "" for an orderly end. */
export type Event = readonly ["opened", number] | readonly ["data" | "closed", number, string];

const sockets = new Map<number, Socket>();
const tell = (event: Event): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);

function open(number: number, path: string): void {
  let code = "";
  const socket = connect({ path, allowHalfOpen: true });
  sockets.set(number, socket);
  socket.setEncoding("utf8");
  socket.on("connect", () => tell(["opened", number]));
  socket.on("data", (text) => tell(["data", number, String(text)]));
  socket.on("end", () => socket.end());
  socket.on("error", (error: NodeJS.ErrnoException) => (code = error.code ?? error.message));
  socket.on("close", () => {
    sockets.delete(number);
    tell(["closed", number, code]);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, number, argument = ""] = JSON.parse(line) as Command;
  if (verb === "open") open(number, argument);
  else if (verb === "write") sockets.get(number)?.write(argument);
  else sockets.get(number)?.[verb]();
}
process.exit();
