/*
 * Keeps the machines that files of tests share: one a worker, an image and a kind. A file connects, says which it
 * wants in one line of JSON, gets a line that says where it is, and has it until the connection closes. A machine
 * that cannot be brought back to what it was is replaced.
 *
 * It serves until its standard input ends, and takes its machines with it.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { Testbed, type ImageName, type Place } from "../../testbed/index.ts";
import { KINDS, type Kind, type Preparation } from "./kinds.ts";
import { SharedMachine } from "./shared-machine.ts";

export interface Wish {
  readonly kind: Kind;
  readonly image: ImageName;
  readonly worker: string;
}

export type Answer = { readonly place: Place } | { readonly problem: string };

/** A machine with what is being done to it: one thing at a time. */
interface Slot {
  machine: SharedMachine | null;
  isClean: boolean;
  turn: Promise<unknown>;
}

const slots = new Map<string, Slot>();

function slotOf({ kind, image, worker }: Wish): Slot {
  const key = `${worker} ${image} ${kind}`;
  const slot = slots.get(key) ?? { machine: null, isClean: false, turn: Promise.resolve() };
  slots.set(key, slot);
  return slot;
}

async function bootMachine({ kind, image }: Wish): Promise<SharedMachine> {
  const { options, prepare }: Preparation = KINDS[kind];
  const testbed = await Testbed.boot({ ...(await options(image)), image });
  try {
    await prepare(testbed);
    return await SharedMachine.remember(testbed);
  } catch (error) {
    await testbed.shutdown();
    throw error;
  }
}

async function provide(slot: Slot, wish: Wish): Promise<SharedMachine> {
  if (slot.machine !== null && !slot.isClean) {
    try {
      await slot.machine.reset();
      slot.isClean = true;
    } catch (error) {
      process.stderr.write(
        `A shared machine is replaced: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      await slot.machine.discard();
      slot.machine = null;
    }
  }
  slot.machine ??= await bootMachine(wish);
  slot.isClean = false;
  return slot.machine;
}

async function serve(socket: Socket): Promise<void> {
  const lines = createInterface({ input: socket });
  const [line] = (await once(lines, "line")) as [string];
  const wish = JSON.parse(line) as Wish;
  const slot = slotOf(wish);
  const released = once(socket, "close");
  const before = slot.turn;
  slot.turn = (async () => {
    await before;
    const answer = await provide(slot, wish).then(
      ({ testbed }): Answer => ({ place: testbed.place }),
      (error: unknown): Answer => ({ problem: error instanceof Error ? error.message : String(error) }),
    );
    socket.write(`${JSON.stringify(answer)}\n`);
    await released;
  })();
}

const server = createServer((socket) => {
  // A file whose process ended.
  socket.on("error", () => socket.destroy());
  void serve(socket);
});
const [path = ""] = process.argv.slice(2);
server.listen(path);
await once(server, "listening");
process.stdout.write("ready\n");
process.stdin.resume();
await once(process.stdin, "end");
await Promise.all([...slots.values()].map(async ({ machine }) => machine?.discard()));
process.exit();
