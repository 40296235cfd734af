// Adds up jest's JSON reports into one closing line. A suite that could not even be loaded counts as a failure.
import { readFileSync } from "node:fs";

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const passed = sum("numPassedTests");
const failed = sum("numFailedTests") + sum("numRuntimeErrorTestSuites");
process.stdout.write(`tests: ${passed} passed, ${failed} failed\n`);
