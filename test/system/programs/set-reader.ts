// Reads a unit's staged set over and over until its input ends, as PID 1 does: the directory is opened once, then
// each file in it. Every file of a set holds the set's number, so that a set that is not whole shows.
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

export interface ReaderReport {
  readonly reads: number;
  readonly distinct: number;
  /** What was seen of sets that were not whole; empty when all is well. */
  readonly torn: readonly string[];
}

const [directory = "", ...names] = process.argv.slice(2);
const torn: string[] = [];
const seen = new Set<string>();
let reads = 0;
let done = false;

function readOnce(): void {
  const fd = openSync(directory, "r");
  try {
    const held = `/proc/self/fd/${fd}`;
    const found = readdirSync(held).sort();
    const numbers = new Set(names.map((name) => /[0-9]+/.exec(readFileSync(`${held}/${name}`, "utf8"))?.[0]));
    if (found.join() !== names.join() || numbers.size !== 1)
      torn.push(`${found.join()}: ${[...numbers].join()}`);
    for (const number of numbers) seen.add(number ?? "");
  } finally {
    closeSync(fd);
  }
}

function loop(): void {
  try {
    readOnce();
  } catch (error) {
    torn.push(String(error));
  }
  reads++;
  // A pause, so that the reader leaves the helper its processor on a small machine.
  if (!done) setTimeout(loop, 1);
  else process.stdout.write(`${JSON.stringify({ reads, distinct: seen.size, torn: torn.slice(0, 10) })}\n`);
}

process.stdin.on("end", () => (done = true)).resume();
process.stdout.write("reading\n");
loop();
