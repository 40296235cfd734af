// A reporter for jest: leaves a run's totals, one JSON object a line, in the file that TEST_TOTALS names; and in the file that
// TEST_RESULTS names, if it is set, with what the containers were made of, for scripts/test-matrix.mjs.
import { appendFileSync } from "node:fs";

export default class TotalsReporter {
  onRunComplete(contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // A suite that could not even be loaded counts as a failure.
    const totals = { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
    appendFileSync(process.env.TEST_TOTALS, `${JSON.stringify(totals)}\n`);
    const {
      TEST_RESULTS,
      TEST_SCOPE = "all",
      TESTBED_IMAGE = "trixie",
      TESTBED_BUS,
      TESTBED_NODE,
    } = process.env;
    const [context] = contexts;
    const project = context?.config.displayName?.name;
    if (TEST_RESULTS === undefined || (project !== "system" && project !== "jupyterhub")) return;
    const row = [TESTBED_IMAGE, TESTBED_BUS, TESTBED_NODE && `node-${TESTBED_NODE}`]
      .filter(Boolean)
      .join("+");
    appendFileSync(TEST_RESULTS, `${JSON.stringify({ row, project, scope: TEST_SCOPE, ...totals })}\n`);
  }
}
