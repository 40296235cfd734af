// Runs inside the testbed as the hub, and prints one JSON object of samples in milliseconds.
import { HelperClient } from "../src/client/index.ts";

const [what = "", count = "1"] = process.argv.slice(2);
const client = new HelperClient();

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const target = { user: "zoe" };
const times = async (n: number, work: () => Promise<unknown>): Promise<number[]> => {
  const samples: number[] = [];
  for (let at = 0; at < n; at++) samples.push(await timed(work));
  return samples;
};

const MEASURES: Record<string, (n: number) => Promise<number[]>> = {
  /** One start of a unit that is down, after a warm-up; the stop in between is not counted. */
  async start(n) {
    const samples: number[] = [];
    for (let at = 0; at < n + 3; at++) {
      const ms = await timed(() => client.start(target));
      await client.stop(target);
      if (at >= 3) samples.push(ms);
    }
    return samples;
  },
  /** A call that changes nothing, on a connection that is open. */
  async describe(n) {
    await client.describe();
    return times(n, () => client.describe());
  },
  /** n named servers at once, the time of all divided by n. */
  async together(n) {
    const servers = Array.from({ length: n }, (_, at) => ({ user: "zoe", server: `s${at}` }));
    const ms = await timed(() => Promise.all(servers.map((server) => client.start(server))));
    await Promise.all(servers.map((server) => client.stop(server)));
    return [ms / n];
  },
};

const measure = MEASURES[what];
if (measure === undefined) throw new Error(`nothing to measure is called ${what}`);
process.stdout.write(JSON.stringify(await measure(Number(count))));
client.close();
