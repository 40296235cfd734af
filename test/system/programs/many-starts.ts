// Starts many servers of one account at once with the client library, and says how each start ended.
import { HelperClient, HelperError } from "../../../src/client/index.ts";

export interface StartsReport {
  /** Names of the servers that were answered with a state. */
  readonly started: readonly string[];
  /** Codes of errors, by name of the server. */
  readonly failed: Readonly<Record<string, string>>;
}

const [user = "", ...servers] = process.argv.slice(2);
const started: string[] = [];
const failed: Record<string, string> = {};

await using client = new HelperClient();
const starting = servers.map(async (server) => {
  try {
    const { activeState } = await client.start({ user, server });
    if (activeState === "active") started.push(server);
    else failed[server] = activeState;
  } catch (error) {
    failed[server] = error instanceof HelperError ? error.code : String(error);
  }
});
process.stderr.write("begun\n");
await Promise.all(starting);
process.stdout.write(`${JSON.stringify({ started, failed })}\n`);
