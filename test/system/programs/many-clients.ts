// Many short-lived clients, one after another and side by side, at random gaps. Each makes a connection of its own,
// asks something, and leaves: every other with the client library, the others raw.
import { connect } from "node:net";
import { HelperClient } from "../../../src/client/index.ts";

export interface ClientsReport {
  readonly served: number;
  /** What went wrong, each; empty when all is well. */
  readonly failures: readonly string[];
  /** The longest time that any client waited for its answer, in milliseconds. */
  readonly longestMs: number;
}

const SOCKET = "/run/hub-helper/helper.sock";
const [count = 0, side = 1, gapMs = 0] = process.argv.slice(2).map(Number);
const failures: string[] = [];
let served = 0;
let begun = 0;
let longestMs = 0;

/** No second attempt: what the helper or its socket loses shows as a failure. */
function askRaw(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(SOCKET);
    let text = "";
    socket.on("connect", () => socket.write('{"jsonrpc":"2.0","id":1,"method":"describe"}\n'));
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += String(chunk);
      if (text.endsWith("\n")) socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      if (text.endsWith("\n")) resolve((JSON.parse(text) as { result: { name: string } }).result.name);
      else reject(new Error(`closed after "${text}"`));
    });
  });
}

async function askWithClient(): Promise<string> {
  await using client = new HelperClient({ retry: false });
  return (await client.describe()).name;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * gapMs));

async function callers(): Promise<void> {
  while (begun < count) {
    const ask = begun++ % 2 === 0 ? askRaw : askWithClient;
    const began = performance.now();
    try {
      if ((await ask()) === "hub-helper") served++;
    } catch (error) {
      failures.push(`${ask.name}: ${String(error)}`);
    }
    longestMs = Math.max(longestMs, Math.round(performance.now() - began));
    await pause();
  }
}

await Promise.all(Array.from({ length: side }, callers));
const report: ClientsReport = { served, failures: failures.slice(0, 20), longestMs };
process.stdout.write(`${JSON.stringify(report)}\n`);
