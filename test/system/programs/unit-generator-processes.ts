// Runs the installed generator once for each of the argument lists in a file of JSON, a process each, and prints the
// exit statuses.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

const PROGRAM = "/usr/lib/hub-helper/unit-generator.mjs";
const AT_ONCE = 4;

const [path = ""] = process.argv.slice(2);
const lists = JSON.parse(readFileSync(path, "utf8")) as string[][];
const statuses: (number | string)[] = [];

const runOne = (args: readonly string[]): Promise<number | string> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["--jitless", PROGRAM, ...args], (error) => resolve(error?.code ?? 0));
  });

async function work(): Promise<void> {
  for (let args = lists.pop(); args !== undefined; args = lists.pop()) statuses.push(await runOne(args));
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(`${JSON.stringify(statuses)}\n`);
