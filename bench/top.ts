// npm run bench:top: how much of a core `helperctl top` takes with hundreds of servers, some of which change.
// Bundled to dist/bench/, as deep below the root as this folder's tests are: paths are relative to that.
import { Tmux } from "../test/system/tmux.ts";
import { bootWorld, unitFile } from "../test/system/world.ts";
import type { Testbed } from "../testbed/index.ts";

const SERVERS = 500;
const SECONDS = 30;
/** How many servers are stopped and started anew each second. */
const CHANGING = 5;
/** Clock ticks in a second: what /proc counts in, and always this on Linux (proc(5), sysconf(3)). */
const TICKS = 100;

const units = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `jupyterhub-singleuser-zoe@s${at}.service`);

/** The CPU time of a process so far, in seconds: proc(5), utime and stime. */
async function cpuSeconds(testbed: Testbed, pid: string): Promise<number> {
  const stat = await testbed.read(`/proc/${pid}/stat`);
  const [utime, stime] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return ((utime ?? Number.NaN) + (stime ?? Number.NaN)) / TICKS;
}

/** Restarts some of the servers each second, for as long as it is measured. */
const keepChanging = (testbed: Testbed): Promise<unknown> =>
  testbed.run([
    "bash",
    "-c",
    'end=$((SECONDS + $1)); shift; while ((SECONDS < end)); do systemctl restart "$@"; sleep 1; done',
    "change",
    String(SECONDS),
    ...units(CHANGING),
  ]);

async function measure(testbed: Testbed): Promise<number> {
  await using terminal = await Tmux.open(testbed);
  await terminal.run("helperctl top --sort cpu");
  await terminal.shows("^u:user s:server");
  const pid = await terminal.child();
  const before = { cpu: await cpuSeconds(testbed, pid), at: performance.now() };
  await keepChanging(testbed);
  const spent = (await cpuSeconds(testbed, pid)) - before.cpu;
  return (100 * spent) / ((performance.now() - before.at) / 1000);
}

const testbed = await bootWorld();
try {
  await testbed.write(
    "/etc/systemd/system/jupyterhub-singleuser-zoe@.service",
    unitFile("zoe", [], ["StartLimitIntervalSec=0"]),
  );
  await testbed.run(["systemctl", "start", ...units(SERVERS)]);
  const percent = await measure(testbed);
  process.stdout.write(
    `helperctl top, ${SERVERS} servers, ${CHANGING} restarted each second, over ${SECONDS} s: ${percent.toFixed(1)} % of one core\n`,
  );
} finally {
  await testbed.shutdown();
}
