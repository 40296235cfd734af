// npm run bench: what hub-helper costs, against what people use today, side by side in one container.
// Bundled to dist/bench/, as deep below the root as this folder's tests are: paths are relative to that.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { bootWorld, unitFile, writeUnit } from "../test/system/world.ts";
import type { Testbed } from "../testbed/index.ts";

const RUNS = 30;
const TOGETHER = 100;
const PROGRAM = "/opt/bench.mjs";
const UNIT = "jupyterhub-singleuser-zoe.service";

const median = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;

async function copyProgram(testbed: Testbed): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "hub-helper-bench-"));
  try {
    const outfile = join(directory, "program.mjs");
    const entry = join(import.meta.dirname, "../../bench/program.ts");
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
    });
    await testbed.copyIn(outfile, PROGRAM);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function asHub(testbed: Testbed, what: string, count: number): Promise<number[]> {
  const { stdout } = await testbed.run(["node", PROGRAM, what, String(count)], { user: "jupyter" });
  return JSON.parse(stdout) as number[];
}

/** Times a command as a whole process, from inside, so that entering the container is not counted. */
async function commands(
  testbed: Testbed,
  command: string,
  between: string,
  count: number,
): Promise<number[]> {
  const script = `
import json, subprocess, sys, time
samples = []
for _ in range(${count}):
    begin = time.monotonic()
    subprocess.run(["sh", "-c", "exec " + sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
    samples.append((time.monotonic() - begin) * 1000)
    subprocess.run(["sh", "-c", sys.argv[2]], check=True, stdout=subprocess.DEVNULL)
print(json.dumps(samples))`;
  const { stdout } = await testbed.run(["python3", "-c", script, command, between]);
  return JSON.parse(stdout) as number[];
}

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  readonly against: string;
}

const show = ({ what, ours, theirs, against }: Row): string =>
  `${what.padEnd(44)} ${ours.toFixed(1).padStart(8)} ms   ${(ours / theirs).toFixed(2).padStart(5)} x ${against} (${theirs.toFixed(1)} ms)`;

async function measure(testbed: Testbed): Promise<Row[]> {
  const start = median(await asHub(testbed, "start", RUNS));
  const systemctl = median(
    await commands(testbed, `systemctl start ${UNIT}`, `systemctl stop ${UNIT}`, RUNS),
  );
  const run = median(await commands(testbed, "systemd-run --quiet --uid=zoe true", "true", RUNS));
  const together = median(await asHub(testbed, "together", TOGETHER));
  const node = median(await commands(testbed, "node -e 0", "true", RUNS));
  const stopHelper = "systemctl stop helper.service 2>/dev/null";
  const first = `python3 -c '
import socket
s = socket.socket(socket.AF_UNIX); s.connect("/run/hub-helper/helper.sock")
s.sendall(b"{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"method\\":\\"describe\\"}\\n"); s.recv(65536)'`;
  await commands(testbed, "true", stopHelper, 1);
  const cold = median(await commands(testbed, first, stopHelper, RUNS));
  const status = median(await commands(testbed, "helperctl status", "true", RUNS));
  const describe = median(await asHub(testbed, "describe", RUNS * 10));
  return [
    {
      what: "start, one after the other",
      ours: start,
      theirs: systemctl,
      against: "systemctl start as root",
    },
    { what: "start, one after the other", ours: start, theirs: run, against: "systemd-run as root" },
    {
      what: `start, ${TOGETHER} at once, each`,
      ours: together,
      theirs: systemctl,
      against: "systemctl start as root",
    },
    { what: "first call, which starts the helper", ours: cold, theirs: node, against: "node -e 0" },
    { what: "helperctl status as root, cold", ours: status, theirs: node, against: "node -e 0" },
    { what: "describe on an open connection", ours: describe, theirs: start, against: "a start" },
  ];
}

const testbed = await bootWorld();
try {
  await writeUnit(testbed, "zoe");
  await testbed.write("/etc/systemd/system/jupyterhub-singleuser-zoe@.service", unitFile("zoe"));
  await copyProgram(testbed);
  process.stdout.write(`medians of ${RUNS}, Node ${process.versions.node}\n\n`);
  for (const row of await measure(testbed)) process.stdout.write(`${show(row)}\n`);
} finally {
  await testbed.shutdown();
}
