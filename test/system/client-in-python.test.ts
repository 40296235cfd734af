import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";
import { invocationOf, whenDown, whenThere, whenUp } from "./events.ts";
import { copyClients } from "./raw-client.ts";
import { mainPids, namedUnit, serverNames, stopAll, writeNamedUnit } from "./servers.ts";
import { bootWorld, PROJECT, writeUnit } from "./world.ts";

const SERVICE = "helper.service";
const IDLE_SECONDS = 0.5;
const LIBRARY = "integrations/jupyterhub/hubhelper_spawner/client";
// The client alone: the package around it needs JupyterHub, which the container has not.
const INSIDE = "/opt/python";

let testbed: Testbed;
let unit: string;

beforeAll(async () => {
  testbed = await bootWorld({ limits: { idle_exit_seconds: IDLE_SECONDS } });
  await copyClients(testbed);
  await testbed.copyIn(join(PROJECT, LIBRARY), join(INSIDE, "hubhelper_spawner/client"));
  unit = await writeUnit(testbed, "zoe");
  await writeNamedUnit(testbed, "wash");
});

afterEach(async () => {
  await stopAll(testbed, "wash");
});

afterAll(async () => {
  await testbed.shutdown();
});

type Outcomes = ReadonlyMap<string, unknown>;

/** Starts the hub in Python; `whenSaid` is called with each step that it has done. */
async function runHub(
  args: readonly string[],
  whenSaid: (step: string, hub: ChildProcess) => Promise<void> | void = () => undefined,
): Promise<Outcomes> {
  const argv = [
    "env",
    `PYTHONPATH=${INSIDE}`,
    "/usr/bin/python3",
    "-X",
    "dev",
    "/opt/clients/asyncio_hub.py",
  ];
  const hub = testbed.spawn([...argv, ...args], { user: "jupyter", stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(hub, "close");
  const outcomes = new Map<string, unknown>();
  for await (const line of createInterface({ input: hub.stdout as NodeJS.ReadableStream })) {
    const { step, outcome } = JSON.parse(line) as { step: string; outcome: unknown };
    outcomes.set(step, outcome);
    await whenSaid(step, hub);
  }
  expect(await ended).toEqual([0, null]);
  expect(outcomes.get("complaint")).toBeUndefined();
  expect(outcomes.get("left")).toBe(0);
  return outcomes;
}

test("a hub in Python describes, stages, starts, looks, lists and stops, and its watch sees it", async () => {
  const outcomes = await runHub(["tour", "zoe", "mallory"]);
  const running = { unit, template: "singleuser", user: "zoe", server: "", activeState: "active" };
  expect(outcomes.get("described")).toMatchObject({ protocol: 1, peer: { user: "jupyter" } });
  expect(outcomes.get("staged")).toMatchObject({
    unit,
    credentials: [{ name: "env" }, { name: "keyfile", bytes: 2 }],
  });
  expect(outcomes.get("started")).toMatchObject(running);
  expect(outcomes.get("looked")).toMatchObject(running);
  expect(outcomes.get("listed")).toMatchObject([running]);
  expect(outcomes.get("stopped")).toMatchObject({ unit, activeState: "inactive", credentials: [] });
  expect(outcomes.get("removed")).toEqual({ unit, removed: 0 });
  expect(outcomes.get("reset")).toMatchObject({ unit, activeState: "inactive" });
  const watched = outcomes.get("watched") as string[];
  expect(watched).toContain("active");
  expect(watched.at(-1)).toBe("inactive");
  for (const call of ["start", "stop", "status", "reset_failed"]) {
    const denied = { code: "denied", details: {}, outcome: "none", id: "for-mallory" };
    expect(outcomes.get(`${call} of a stranger`)).toEqual(denied);
  }
  expect(outcomes.get("named")).toMatchObject({ code: "invalid-params", details: { path: "server" } });
  expect(outcomes.get("lone")).toMatchObject({ code: "invalid-params" });
  expect(outcomes.get("long")).toMatchObject({ code: "too-large", details: { limit: 524_288 } });
});

test("20 starts and a watch outlive a helper that is killed in their middle", async () => {
  const servers = serverNames(20);
  const last = namedUnit("wash", "s19");
  await testbed.run(["mkfifo", "--mode=0644", "/run/gate"]);
  const gate = "[Service]\nExecStartPre=/bin/sh -c 'read line </run/gate'\n";
  await testbed.write(`/etc/systemd/system/${last}.d/gate.conf`, gate);
  const hub = runHub(["many", "wash", ...servers]);
  await whenThere(testbed, `/run/systemd/units/invocation:${namedUnit("wash", "s5")}`);
  const before = invocationOf(testbed, SERVICE);
  await testbed.run(["systemctl", "kill", "-s", "KILL", SERVICE]);
  await whenUp(testbed, SERVICE, before);
  await testbed.run(["sh", "-c", "echo >/run/gate"]);
  const outcomes = await hub;
  expect(outcomes.get("started")).toEqual(servers.map(() => "active"));
  expect(outcomes.get("watched")).toEqual({ snapshots: 2, up: servers.length });
  expect((await mainPids(testbed, "wash")).size).toBe(servers.length);
});

test("a client whose helper has left because it was idle gets its next answer all the same", async () => {
  const invocations: (string | null)[] = [];
  const outcomes = await runHub(["return", "zoe"], async (step, hub) => {
    if (step !== "asked") return;
    invocations.push(invocationOf(testbed, SERVICE));
    await whenDown(testbed, SERVICE);
    hub.stdin?.write("go on\n");
  });
  expect(outcomes.get("asked again")).toEqual(outcomes.get("asked"));
  expect(invocations).toHaveLength(1);
  expect(invocations).not.toContain(null);
});
