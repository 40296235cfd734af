// Runs the generator's own program once for each of the argument lists in a file of JSON, and prints what became of them.
import { readFileSync } from "node:fs";
import { run } from "../../../src/unit-generator/run.ts";

const [path = ""] = process.argv.slice(2);
const lists = JSON.parse(readFileSync(path, "utf8")) as string[][];

const statuses: Record<number, number> = {};
const accepted: string[][] = [];
const said: string[] = [];
let longest = 0;
for (const args of lists) {
  const complain = (line: string): void => {
    longest = Math.max(longest, line.length);
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(line)) throw new Error(`it said ${JSON.stringify(line)}`);
  };
  const status = await run(args, { say: (line) => said.push(line), complain });
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (status === 0) accepted.push(args);
}
process.stdout.write(`${JSON.stringify({ statuses, accepted, said, longest })}\n`);
