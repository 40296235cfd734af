// A reporter for jest: leaves a run's totals, one JSON object a line, in the file that TEST_TOTALS names.
import { appendFileSync } from "node:fs";

export default class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // A suite that could not even be loaded counts as a failure.
    const totals = { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
    appendFileSync(process.env.TEST_TOTALS, `${JSON.stringify(totals)}\n`);
  }
}
