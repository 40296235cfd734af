// Adds up the totals that totals-reporter.mjs left into one closing line.
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const runs = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));
const sum = (field) => runs.reduce((total, run) => total + run[field], 0);
process.stdout.write(`tests: ${sum("passed")} passed, ${sum("failed")} failed\n`);
