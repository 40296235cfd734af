import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { closeBus, openBus } from "./bus-policy-aside.ts";
import { ROOT, setStage } from "./stage.ts";

const CONNECTIONS = 8;
const stage = setStage({ limits: { connections_per_uid: CONNECTIONS } });

const helperPid = (): Promise<string> => stage.property("helper.service", "MainPID");

describe("without the bus's policy", () => {
  beforeEach(() => openBus(stage.testbed));
  afterEach(() => closeBus(stage.testbed));

  test("what a notebook user's account addresses to the helper on the bus is not read", async () => {
    const unit = await stage.server("quiet");
    const client = await stage.connect();
    await client.result("start", { user: "quiet" });
    const pid = await helperPid();
    const { stdout } = await stage.testbed.run(["busctl", "list", "--unique", "--no-legend", "--no-pager"]);
    const names = stdout.split("\n").map((line) => line.trim().split(/\s+/));
    const [name = ""] = names.find(([, owner]) => owner === pid) ?? [];
    expect(name).toMatch(/^:1\.\d+$/);
    await stage.testbed.run(["python3", "/opt/clients/bus-signal.py", name], { user: "mallory" });
    expect(await client.result("stop", { user: "quiet" })).toMatchObject({ unit, activeState: "inactive" });
    expect(await helperPid()).toBe(pid);
    const peak = /VmHWM:\s+(\d+) kB/.exec(await stage.testbed.read(`/proc/${pid}/status`))?.[1];
    expect(Number(peak)).toBeLessThan(256 * 1024);
    const after = await stage.testbed.run(["busctl", "list", "--unique", "--no-legend", "--no-pager"]);
    expect(after.stdout).toContain(`${name} `);
  });
});

test("a connection too many is refused and let go of, however long its peer stays", async () => {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => stage.connect()));
  await Promise.all(clients.map((client) => client.result("describe")));
  const descriptors = async (): Promise<number> =>
    (await stage.testbed.run(["ls", `/proc/${await helperPid()}/fd`])).stdout.trim().split("\n").length;
  const before = await descriptors();
  for (let extra = 0; extra < 5; extra++) {
    const refused = await stage.connect();
    await refused.received(1);
    expect(refused.messages[0]?.error?.data.code).toBe("busy");
    await refused.closedByHelper();
  }
  expect(await descriptors()).toBe(before);
});

test("uid 0 gets its list while a hub has asked for thousands", async () => {
  const hub = await stage.connect();
  const root = await stage.connect(ROOT);
  await stage.server("listed");
  await hub.result("start", { user: "listed" });
  const first = hub.ask("list");
  const others = Array.from({ length: 999 }, () => hub.ask("list"));
  await hub.answer(first);
  const answered = (): number => hub.messages.filter(({ result }) => Array.isArray(result?.["units"])).length;
  expect((await root.result("list"))["units"]).not.toHaveLength(0);
  expect(answered()).toBeLessThan(others.length / 2);
});

test("large requests that wait behind answers nobody reads are not taken in", async () => {
  const client = await stage.connect();
  const pid = await helperPid();
  const kilobytes = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+) kB/.exec(await stage.testbed.read(`/proc/${pid}/status`))?.[1]);
  const before = await kilobytes();
  await stage.testbed.run(["python3", "/opt/clients/stalled.py"], { user: "jupyter" });
  expect(await kilobytes()).toBeLessThan(before + 64 * 1024);
  expect(await client.result("describe")).toMatchObject({ name: "hub-helper" });
  expect(await helperPid()).toBe(pid);
});
