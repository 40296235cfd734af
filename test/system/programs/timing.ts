// Measures how long the helper takes to answer requests that it refuses, one after another, interleaved so that
// whatever else the machine does falls on all of them alike.
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface TimingReport {
  /** Milliseconds, by user name. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  /** The replies, less their ids, each once, by user name. */
  readonly replies: Readonly<Record<string, readonly string[]>>;
}

const [rounds = "0", ...users] = process.argv.slice(2);
const socket = connect("/run/hub-helper/helper.sock");
const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
const times: Record<string, number[]> = {};
const replies: Record<string, Set<string>> = {};
let id = 0;

async function ask(user: string): Promise<void> {
  id++;
  const began = performance.now();
  socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "status", params: { user } })}\n`);
  const { value } = (await lines.next()) as { value: string };
  (times[user] ??= []).push(performance.now() - began);
  (replies[user] ??= new Set()).add(value.replace(`"id":${id}`, `"id":0`));
}

for (let round = 0; round < Number(rounds); round++) {
  // A start of its own for every request, because the answers leave at multiples of a period after it.
  for (const user of [...users].sort(() => Math.random() - 0.5)) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    await ask(user);
  }
}
const report: TimingReport = {
  times,
  replies: Object.fromEntries(Object.entries(replies).map(([user, seen]) => [user, [...seen]])),
};
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
