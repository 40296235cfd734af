// Measures how long the helper takes to answer a request about an account that the hub may see, sent right behind
// requests that it refuses: what these wait for must not show in that. timing-beside ROUNDS SEEN REFUSED ...
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface BesideReport {
  /** Milliseconds, by the user that was refused. */
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** As many as the helper has ever looked up at once for one hub, and some. */
const REFUSED_AT_ONCE = 6;

const [rounds = "0", seen = "", ...users] = process.argv.slice(2);
const socket = connect("/run/hub-helper/helper.sock");
const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
const times: Record<string, number[]> = {};

const request = (id: string | number, user: string): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method: "status", params: { user } })}\n`;

async function ask(user: string): Promise<void> {
  const refused = Array.from({ length: REFUSED_AT_ONCE }, (_, id) => request(id, user)).join("");
  const began = performance.now();
  socket.write(refused + request("seen", seen));
  for (let left = REFUSED_AT_ONCE + 1; left > 0; left--) {
    const { value } = (await lines.next()) as { value: string };
    if (value.includes('"id":"seen"')) (times[user] ??= []).push(performance.now() - began);
  }
}

for (let round = 0; round < Number(rounds); round++) {
  for (const user of [...users].sort(() => Math.random() - 0.5)) await ask(user);
}
const report: BesideReport = { times };
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
