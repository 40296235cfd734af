// With --expose-gc: looks up accounts by the thousand, and reads from a pipe into a buffer that nobody else holds, while
// the garbage collector runs and memory is asked for and given back. Prints what came of it.
//   memory-pressure LOOKUPS PIPE USER...
import { openSync } from "node:fs";
import { nameService } from "../../../src/helper/posix/accounts.ts";
import { bindAsync } from "../../../src/helper/posix/libc.ts";

export interface PressureReport {
  readonly wrong: readonly string[];
  readonly lookups: number;
  readonly collections: number;
  /** How many groups the first account is in. */
  readonly groups: number | undefined;
  /** Whether the buffer was there for as long as libc could write to it. */
  readonly wasHeld: boolean;
  readonly read: string;
  /** Whether it was freed afterwards. */
  readonly wasFreed: boolean;
}

const collect = (globalThis as unknown as { gc: () => void }).gc;
const [lookups = "", pipe = "", ...users] = process.argv.slice(2);

let collections = 0;
/** Memory that was a buffer of ours, had it been freed, is somebody else's and full of something else then. */
function press(): void {
  for (let at = 0; at < 50; at++) Buffer.alloc(4096 * (1 + (at % 4)), 0xa5);
  collect();
  collections++;
}

const wrong: string[] = [];
const expected = new Map<string, string>();
for (const user of users) expected.set(user, JSON.stringify(await nameService.userByName(user)));

let done = 0;
async function lookUp(): Promise<void> {
  while (done < Number(lookups)) {
    const user = users[done++ % users.length] ?? "";
    const found = JSON.stringify(await nameService.userByName(user));
    if (found !== expected.get(user)) wrong.push(`${user}: ${found}`);
  }
}
const pressing = setInterval(press, 1);
await Promise.all(Array.from({ length: 100 }, lookUp));
clearInterval(pressing);

/** Calls read(2), which waits until there is something, and drops the buffer. */
function readLater(fd: number): { buffer: WeakRef<Buffer>; done: Promise<unknown> } {
  const read = bindAsync("read", "intptr_t", ["int", "void *", "size_t"]);
  const buffer = Buffer.alloc(64 * 1024);
  return { buffer: new WeakRef(buffer), done: read(fd, buffer, buffer.length) };
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

const reading = readLater(openSync(pipe, "r"));
for (let at = 0; at < 50; at++) {
  await turn();
  press();
}
const wasHeld = reading.buffer.deref() !== undefined;
process.stderr.write("now\n");
const length = Number(await reading.done);
const read = reading.buffer.deref()?.toString("utf8", 0, length) ?? "";
let wasFreed = false;
for (let at = 0; at < 1000 && !wasFreed; at++) {
  await turn();
  press();
  wasFreed = reading.buffer.deref() === undefined;
}
const groups = (await nameService.userByName(users[0] ?? ""))?.groups.length;
const report: PressureReport = { wrong, lookups: done, collections, groups, wasHeld, read, wasFreed };
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(); // a descriptor is open
