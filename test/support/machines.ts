import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { imageInUse, Testbed } from "../../testbed/index.ts";
import type { Answer, Wish } from "./keeper.ts";
import type { Kind } from "./kinds.ts";

/** Where start-keeper.mjs has put the keeper's socket. */
const SOCKET = "TESTBED_KEEPER";

/** Whether this run of the tests has machines to share. */
export const hasKeeper = (): boolean => process.env[SOCKET] !== undefined;

/** A machine of the keeper's, as if it had just been booted and prepared. `shutdown` gives it back. */
export async function takeMachine(kind: Kind): Promise<Testbed> {
  const socket = connect(process.env[SOCKET] ?? "");
  const wish: Wish = { kind, image: imageInUse(), worker: process.env["JEST_WORKER_ID"] ?? "1" };
  socket.write(`${JSON.stringify(wish)}\n`);
  const [line] = (await once(createInterface({ input: socket }), "line")) as [string];
  const answer = JSON.parse(line) as Answer;
  if ("problem" in answer) {
    socket.destroy();
    throw new Error(answer.problem);
  }
  return Testbed.attach(answer.place, async () => {
    if (socket.closed) return;
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
  });
}
