// Times calls one after the other, each over a connection of its own: probe METHOD SECONDS USER MOST.
// `start` is followed by a `stop`, which is not timed. Says the times as one line of JSON.
import { HelperClient } from "../../../src/client/index.ts";

export interface ProbeReport {
  readonly ms: readonly number[];
  /** How calls failed, by code. */
  readonly failed: Readonly<Record<string, number>>;
}

const [method = "", seconds = "1", user = "zoe", most = "Infinity"] = process.argv.slice(2);
const until = performance.now() + Number(seconds) * 1000;
const ms: number[] = [];
const failed: Record<string, number> = {};

while (performance.now() < until && ms.length < Number(most)) {
  const client = new HelperClient({ timeoutMs: 60_000 });
  const begin = performance.now();
  try {
    if (method === "start") await client.start({ user });
    else if (method === "describe") await client.describe();
    else await client.status({ user });
    ms.push(performance.now() - begin);
    if (method === "start") await client.stop({ user });
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? error);
    failed[code] = (failed[code] ?? 0) + 1;
  } finally {
    client.close();
  }
}
process.stdout.write(`${JSON.stringify({ ms, failed })}\n`);
