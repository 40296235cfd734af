// Asks whoever listens on a path, with the client library, and says what came of it.
import { HelperClient, HelperError } from "../../../src/client/index.ts";

export interface AskReport {
  readonly name?: string;
  readonly code?: string;
  readonly socketPath?: string;
}

await using client = new HelperClient({ socketPath: process.argv[2], retry: false });
let report: AskReport;
try {
  report = { name: (await client.describe()).name };
} catch (error) {
  if (!(error instanceof HelperError)) throw error;
  report = { code: error.code, ...error.details };
}
process.stdout.write(`${JSON.stringify(report)}\n`);
