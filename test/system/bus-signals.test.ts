import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";
import { closeBus, openBus } from "./bus-policy-aside.ts";
import { Caller, type Line } from "./caller.ts";
import { bootWorld, writeUnit } from "./world.ts";

const ZOE = { user: "zoe" };
const SYSTEMD = "/org/freedesktop/systemd1";

let testbed: Testbed;
let caller: Caller;
let line: Line;
let unit: string;

beforeAll(async () => {
  testbed = await bootWorld();
  // The helper believes none of it where the bus passes it on.
  await openBus(testbed);
  await testbed.run(["mkfifo", "--mode=0644", "/run/gate"]);
  unit = await writeUnit(testbed, "zoe", ["ExecStartPre=/usr/bin/head -c 1 /run/gate"]);
  caller = await Caller.start(testbed);
  line = await caller.connect();
});

afterAll(async () => {
  await closeBus(testbed);
  await testbed.shutdown();
});

beforeEach(async () => {
  await line.request("stop", ZOE);
});

const openGate = () => testbed.run(["sh", "-c", "echo >/run/gate"]);

/** The helper's own name on the bus, which everybody may learn. */
async function helperName(): Promise<string> {
  const { stdout: pid } = await testbed.run([
    "systemctl",
    "show",
    "--value",
    "--property=MainPID",
    "helper.service",
  ]);
  const { stdout } = await testbed.run(["busctl", "list", "--no-legend"], { user: "mallory" });
  const rows = stdout.split("\n").map((row) => row.trim().split(/\s+/));
  const [name] = rows.find(([bus = "", process]) => bus.startsWith(":") && process === pid.trim()) ?? [];
  if (name === undefined) throw new Error("The helper is not on the bus.");
  return name;
}

/** The object path of the unit's queued job. */
async function jobPath(): Promise<string> {
  const { stdout } = await testbed.run(["systemctl", "list-jobs", "--no-legend", "--plain", unit]);
  const [id] = stdout.trim().split(/\s+/);
  if (!id) throw new Error("There is no job.");
  return `${SYSTEMD}/job/${id}`;
}

/** Sends a signal to the helper as mallory, and waits until the bus has passed it on. */
async function forge(path: string, member: string, ...args: string[]): Promise<void> {
  const destination = await helperName();
  const monitor = testbed.spawn(["dbus-monitor", "--system", "type='signal'"]);
  try {
    const lines = createInterface({ input: monitor.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const heard = async (what: string): Promise<void> => {
      for (;;) {
        const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
        if (done) throw new Error(`The monitor ended without ${what}.`);
        if (value.includes(what)) return;
      }
    };
    await heard("NameAcquired");
    const send = ["dbus-send", "--system", "--type=signal", `--dest=${destination}`, path, member, ...args];
    await testbed.run(send, { user: "mallory" });
    await heard(`destination=${destination}`);
  } finally {
    monitor.kill("SIGTERM");
  }
  // The bus keeps the order: an answer from PID 1 comes to the helper after what was passed on before it was asked.
  expect((await line.request("status", ZOE)).error).toBeUndefined();
}

const begun = async (): Promise<{ ended: () => boolean; reply: ReturnType<Line["request"]> }> => {
  let ended = false;
  const reply = line.request("start", ZOE).finally(() => (ended = true));
  await line.heard(({ params }) => params.unit?.["activeState"] === "activating");
  return { ended: () => ended, reply };
};

test("a start does not end by a JobRemoved that another account has forged", async () => {
  await line.request("watch");
  const { ended, reply } = await begun();
  for (const result of ["done", "failed", "canceled"]) {
    const job = await jobPath();
    const id = job.split("/").at(-1) ?? "";
    await forge(
      SYSTEMD,
      "org.freedesktop.systemd1.Manager.JobRemoved",
      `uint32:${id}`,
      `objpath:${job}`,
      `string:${unit}`,
      `string:${result}`,
    );
    expect([result, ended()]).toEqual([result, false]);
  }
  await openGate();
  expect((await reply).result).toMatchObject({ activeState: "active" });
});

test("a start goes on under a NameOwnerChanged that says PID 1 has left the bus", async () => {
  const { ended, reply } = await begun();
  await forge(
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus.NameOwnerChanged",
    "string:org.freedesktop.systemd1",
    "string::1.0",
    "string:",
  );
  expect(ended()).toBe(false);
  await openGate();
  expect((await reply).result).toMatchObject({ activeState: "active" });
});
