// npm run test:soak: storms of one, two and three peers against the helper, and beside each the same storm against a bare
// echo socket. What root and another hub notice of it, and what memory it takes, goes into docs/reliability.md.
// Bundled to dist/bench/, as deep below the root as this folder: paths are relative to that.
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { ProbeReport } from "../test/system/programs/probe.ts";
import type { StormReport } from "../test/system/programs/storm.ts";
import { bootWorld, writeUnit } from "../test/system/world.ts";
import type { Testbed } from "../testbed/index.ts";
import { document, type Figures, GOALS, plot } from "./soak-document.ts";

const ROOT = join(import.meta.dirname, "../..");
const HELPER = "/run/hub-helper/helper.sock";
const ECHO = "/run/echo.sock";
const SERVICE = "helper.service";
const SETTLE_MS = 30_000;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    only: { type: "string" },
    write: { type: "boolean", default: false },
    "no-rest": { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);

/** Who storms, and how. `mallory` is in the socket's group, and no rule matches her. */
type Storm = Readonly<Record<string, string>>;

const STORMS: Readonly<Record<string, Storm>> = {
  newlines: { jupyter: "newlines" },
  "half frames": { jupyter: "half-frames" },
  "big ids": { jupyter: "big-ids" },
  "big frames": { mallory: "big-frames" },
  refusals: { mallory: "refusals" },
  lists: { jupyter: "lists" },
  watches: { jupyter: "watches" },
  connects: { mallory: "connects" },
  notifications: { jupyter: "notifications" },
  "starts that fail": { jupyter: "failing-starts" },
  "slow readers": { jupyter: "slow-readers" },
  "one byte at a time": { jupyter: "bytes" },
  "asking and leaving": { jupyter: "leavers" },
  "two uids": { jupyter: "lists", mallory: "refusals" },
  "three uids": { jupyter: "leavers", mallory: "big-frames", third: "notifications" },
};

const RIVAL = `[[allow]]
name = "rival"
peer = { user = "rival" }
methods = ["start", "stop", "status"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`;

async function put(testbed: Testbed, name: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "test/system/programs", `${name}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20.19",
  });
  await testbed.write(`/opt/programs/${name}.mjs`, outputFiles[0]?.text ?? "");
}

async function run<T>(testbed: Testbed, user: string, name: string, ...args: string[]): Promise<T> {
  const argv = ["node", `/opt/programs/${name}.mjs`, ...args];
  const { stdout } = await testbed.run(argv, { user, timeoutMs: 600_000 });
  return JSON.parse(stdout) as T;
}

interface Noticed {
  readonly status: ProbeReport;
  readonly start: ProbeReport;
  readonly storms: readonly StormReport[];
}

/** What root and another hub notice while the storm is on. */
async function during(testbed: Testbed, storm: Storm, path: string): Promise<Noticed> {
  const blowing = Promise.all(
    Object.entries(storm).map(([user, kind]) =>
      run<StormReport>(testbed, user, "storm", kind, String(seconds + 2), path),
    ),
  );
  await delay(1000);
  const [status, start] = await Promise.all([
    run<ProbeReport>(testbed, "root", "probe", "status", String(seconds)),
    run<ProbeReport>(testbed, "rival", "probe", "start", String(seconds), "wash"),
  ]);
  return { status, start, storms: await blowing };
}

const pidOf = async (testbed: Testbed): Promise<string> =>
  (await testbed.run(["systemctl", "show", "--value", "--property=MainPID", SERVICE])).stdout.trim();

async function kilobytes(testbed: Testbed, file: "status" | "smaps_rollup", name: string): Promise<number> {
  const text = await testbed.read(`/proc/${await pidOf(testbed)}/${file}`);
  return Number(new RegExp(`^${name}:\\s+([0-9]+) kB$`, "m").exec(text)?.[1]);
}

const percentile = (ms: readonly number[], part: number): number =>
  ms.toSorted((a, b) => a - b)[Math.min(ms.length - 1, Math.floor(ms.length * part))] ?? Number.NaN;

async function measure(testbed: Testbed, name: string, storm: Storm): Promise<Figures> {
  const beside = await during(testbed, storm, ECHO);
  const pssBefore = await kilobytes(testbed, "smaps_rollup", "Pss");
  const pid = await pidOf(testbed);
  await testbed.run(["sh", "-c", `echo 5 >/proc/${pid}/clear_refs`]);
  const against = await during(testbed, storm, HELPER);
  const peakKb = await kilobytes(testbed, "status", "VmHWM");
  if (!values["no-rest"]) await delay(SETTLE_MS);
  const pssAfter = await kilobytes(testbed, "smaps_rollup", "Pss");
  const samePid = (await pidOf(testbed)) === pid;
  const figures = {
    name,
    who: storm,
    samePid,
    status: { echo: percentile(beside.status.ms, 0.99), helper: percentile(against.status.ms, 0.99) },
    statusMedian: { echo: percentile(beside.status.ms, 0.5), helper: percentile(against.status.ms, 0.5) },
    start: { echo: percentile(beside.start.ms, 0.99), helper: percentile(against.start.ms, 0.99) },
    startMedian: { echo: percentile(beside.start.ms, 0.5), helper: percentile(against.start.ms, 0.5) },
    calls: { status: against.status.ms.length, start: against.start.ms.length },
    failed: { ...against.status.failed, ...against.start.failed },
    peakMiB: peakKb / 1024,
    pss: { beforeMiB: pssBefore / 1024, afterMiB: pssAfter / 1024 },
  };
  process.stdout.write(`${JSON.stringify({ ...figures, storms: against.storms, echo: beside.storms })}\n`);
  return figures;
}

const testbed = await bootWorld({ policy: RIVAL, limits: { idle_exit_seconds: 600 } });
try {
  for (const name of ["rival", "third"]) {
    await testbed.addUser(name, { system: true, groups: ["hub-helper"] });
  }
  await testbed.run(["usermod", "--append", "--groups=hub-helper", "mallory"]);
  await testbed.addUser("failing", { groups: ["jupyterhub"] });
  await writeUnit(testbed, "zoe");
  await writeUnit(testbed, "wash");
  await writeUnit(testbed, "failing", ["ExecStart=/no/such/program"], ["StartLimitIntervalSec=0"]);
  // The rival's rule is read when the helper starts.
  await testbed.run(["systemctl", "stop", SERVICE]);
  for (const name of ["storm", "echo", "probe"]) await put(testbed, name);
  const echo = testbed.spawn(["node", "/opt/programs/echo.mjs", ECHO], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (echo.stdout) await once(echo.stdout, "data");
  // Warm: the heap is as large as ordinary work makes it.
  await run(testbed, "rival", "probe", "start", "5", "wash");
  await run(testbed, "root", "probe", "status", "5");
  const wanted = values.only?.split(",");
  const figures: Figures[] = [];
  for (const [name, storm] of Object.entries(STORMS)) {
    if (wanted === undefined || wanted.includes(name)) figures.push(await measure(testbed, name, storm));
  }
  const version = (await testbed.run(["systemctl", "--version"])).stdout.split("\n")[0] ?? "";
  const node = (await testbed.run(["node", "--version"])).stdout.trim();
  const text = document(figures, { seconds, systemd: version, node });
  process.stdout.write(`\n${text}`);
  if (values.write) {
    await mkdir(join(ROOT, "docs/images"), { recursive: true });
    await writeFile(join(ROOT, "docs/reliability.md"), text);
    for (const [file, svg] of Object.entries(plot(figures))) {
      await writeFile(join(ROOT, "docs/images", file), svg);
    }
  }
  const missed = figures.filter((each) => GOALS.some(({ isMet }) => !isMet(each)));
  if (missed.length > 0) process.stdout.write(`\nnot met in: ${missed.map(({ name }) => name).join(", ")}\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  await testbed.shutdown();
}
