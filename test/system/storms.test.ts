import { beforeAll, describe, expect, test } from "@jest/globals";
import { audited } from "./audit-records.ts";
import { runProgram } from "./program.ts";
import type { StormReport } from "./programs/storm.ts";
import { HUB, ROOT, setStage, STRANGER } from "./stage.ts";

const SECONDS = 3;
const MOST_MIB = 128;
const stage = setStage();

beforeAll(async () => {
  await stage.testbed.run(["usermod", "--append", "--groups=hub-helper", "mallory"]);
  await stage.server("failing", ["ExecStart=/no/such/program"], ["StartLimitIntervalSec=0"]);
});

async function peakMiB(): Promise<number> {
  const pid = await stage.property("helper.service", "MainPID");
  const status = await stage.testbed.read(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024;
}

const storm = (kind: string, user = "jupyter"): Promise<StormReport> =>
  runProgram<StormReport>(stage.testbed, "storm", [kind, SECONDS], { user });

describe("a storm of", () => {
  test.each([
    ["newlines", "jupyter"],
    ["half-frames", "jupyter"],
    ["big-ids", "jupyter"],
    ["big-frames", "mallory"],
    ["big-params", "jupyter"],
    ["refusals", "mallory"],
    ["lists", "jupyter"],
    ["watches", "jupyter"],
    ["connects", "mallory"],
    ["notifications", "jupyter"],
    ["failing-starts", "jupyter"],
    ["slow-readers", "jupyter"],
    ["bytes", "jupyter"],
    ["leavers", "jupyter"],
  ])("%s leaves root its answers, the helper its memory, and the hub its places", async (kind, user) => {
    const root = await stage.connect(ROOT);
    const pid = await stage.property("helper.service", "MainPID");
    let isOver = false;
    const blowing = storm(kind, user).finally(() => (isOver = true));
    // One after the other, and all of them while the storm is on.
    for (let at = 0; at < 5; at++) {
      expect(await root.result("status", { user: "zoe" })).toMatchObject({ activeState: "inactive" });
    }
    expect(isOver).toBe(false);
    await blowing;
    expect(await peakMiB()).toBeLessThan(MOST_MIB);
    expect(await stage.property("helper.service", "MainPID")).toBe(pid);
    const hub = await stage.connect(HUB);
    expect(await hub.result("status", { user: "zoe" })).toMatchObject({ user: "zoe" });
  });
});

test("root's status overtakes thousands of requests that were sent before it", async () => {
  const root = await stage.connect(ROOT);
  await root.result("describe");
  const lines = await Promise.all(Array.from({ length: 10 }, () => stage.connect(STRANGER)));
  const denied = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "start", params: { user: "zoe" } })}\n`;
  for (const line of lines) line.send(denied.repeat(1000));
  await lines[0]?.received(1);
  await root.result("status", { user: "zoe" });
  const answered = lines.reduce((sum, { lines: received }) => sum + received.length, 0);
  expect(answered).toBeLessThan(2000);
  const refusals = new Set(lines.flatMap(({ lines: received }) => received));
  expect([...refusals]).toEqual([expect.stringContaining('"code":"denied"')]);
});

test("refusals above 50 a second are one record a second, with their number and the last reason", async () => {
  // Refusals are counted for each uid: nobody else's are among these.
  await stage.testbed.addUser("flooder");
  const client = await stage.connect({ as: { uid: "flooder", gid: "flooder", groups: ["hub-helper"] } });
  const count = 600;
  const before = (await audited(stage.testbed)).length;
  const denied = `${JSON.stringify({ jsonrpc: "2.0", id: "flood", method: "start", params: { user: "zoe" } })}\n`;
  client.send(denied.repeat(count));
  await client.received(count);
  await stage.restartHelper();
  const records = (await audited(stage.testbed))
    .slice(before)
    .filter(({ requestId }) => requestId === "flood");
  expect(records.length).toBeLessThan(count / 2);
  const sum = records.reduce((total, { count: many = 1 }) => total + Number(many), 0);
  expect(sum).toBe(count);
  expect(records.find(({ count: many }) => many !== undefined)).toMatchObject({ reason: "peer-no-rule" });
});

test("what a connection has asked for is dropped when it has gone", async () => {
  const root = await stage.connect(ROOT);
  const lists = async (): Promise<number> => {
    const { counts } = (await root.result("describe")) as { counts: { allowed: Record<string, number> } };
    return counts.allowed["list"] ?? 0;
  };
  const before = await lists();
  const client = await stage.connect(HUB);
  client.send(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "list" })}\n`.repeat(3000));
  await client.received(1);
  await client.close();
  await root.result("list");
  const after = await lists();
  await root.result("list");
  // Root's own is the only one that is begun from now on.
  expect((await lists()) - after).toBe(1);
  expect(after - before).toBeLessThan(1000);
});

test("the socket's queue holds as many as the kernel lets it", async () => {
  const client = await stage.connect(HUB);
  await client.result("describe");
  const most = Number(await stage.testbed.read("/proc/sys/net/core/somaxconn"));
  const { stdout } = await stage.testbed.run([
    "ss",
    "--no-header",
    "-ltx",
    "src",
    "/run/hub-helper/helper.sock",
  ]);
  expect(Number(stdout.trim().split(/\s+/)[3])).toBe(Math.min(4096, most));
});

test("100 describes of root's during a storm of connects are all answered", async () => {
  const blowing = storm("connects", "mallory");
  const report = await runProgram<{ ms: number[]; failed: object }>(
    stage.testbed,
    "probe",
    ["describe", 60, "zoe", 100],
    { user: "root" },
  );
  await blowing;
  expect(report.failed).toEqual({});
  expect(report.ms).toHaveLength(100);
});
