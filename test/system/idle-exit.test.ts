import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Testbed, writePolicy } from "../../testbed/index.ts";
import { Caller } from "./caller.ts";
import { invocationOf, whenDown } from "./events.ts";
import { bootWorld, policyOf, writeUnit } from "./world.ts";

const SERVICE = "helper.service";
const IDLE_MS = 700;
const LIMITS = { idle_exit_seconds: IDLE_MS / 1000 };

let testbed: Testbed;
let caller: Caller;

beforeAll(async () => {
  testbed = await bootWorld({ limits: LIMITS });
  caller = await Caller.start(testbed);
});

afterAll(async () => {
  await testbed.shutdown();
});

const property = async (name: string): Promise<string> =>
  (await testbed.run(["systemctl", "show", "--value", `--property=${name}`, SERVICE])).stdout.trim();

test("nothing runs before the first call", async () => {
  expect(await property("MainPID")).toBe("0");
  expect((await testbed.run(["systemctl", "is-active", "helper.socket"])).stdout).toBe("active\n");
});

test("the helper leaves the process table after its idle time, and the next call starts it again", async () => {
  expect((await caller.ask("describe")).result).toMatchObject({ name: "hub-helper" });
  const [first, pid] = [invocationOf(testbed, SERVICE), await property("MainPID")];
  const began = performance.now();
  await whenDown(testbed, SERVICE);
  expect(performance.now() - began).toBeLessThan(10 * IDLE_MS);
  expect((await testbed.run(["test", "-e", `/proc/${pid}`], { check: false })).status).toBe(1);
  expect([await property("Result"), await property("NRestarts")]).toEqual(["success", "0"]);
  expect((await caller.ask("describe")).result).toMatchObject({ name: "hub-helper" });
  expect([null, first]).not.toContain(invocationOf(testbed, SERVICE));
});

test("an open connection keeps the helper, and the time begins when it is closed", async () => {
  const line = await caller.connect();
  await line.request("describe");
  const invocation = invocationOf(testbed, SERVICE);
  const others = Array.from({ length: 3 }, async () => caller.ask("describe"));
  await Promise.all(others);
  await testbed.run(["sleep", String((2 * IDLE_MS) / 1000)]);
  expect(invocationOf(testbed, SERVICE)).toBe(invocation);
  await line.close();
  const began = performance.now();
  await whenDown(testbed, SERVICE);
  expect(performance.now() - began).toBeGreaterThan(IDLE_MS / 2);
});

test("a job that is under way keeps the helper although its caller has left, and its record is closed", async () => {
  const unit = await writeUnit(testbed, "zoe", [
    "Type=oneshot",
    "ExecStart=/bin/sh -c 'exec head -c 1 /run/gate'",
    "RemainAfterExit=yes",
  ]);
  await testbed.run(["mkfifo", "--mode=0644", "/run/gate"]);
  const line = await caller.connect();
  void line.request("start", { user: "zoe" }).catch(() => undefined); // its caller leaves
  await line.request("describe");
  const invocation = invocationOf(testbed, SERVICE);
  await line.close();
  await testbed.run(["sleep", String((2 * IDLE_MS) / 1000)]);
  expect(invocationOf(testbed, SERVICE)).toBe(invocation);
  await testbed.run(["sh", "-c", "echo >/run/gate"]);
  await whenDown(testbed, SERVICE);
  const records = (await testbed.journal({ unit: SERVICE, match: ["_TRANSPORT=stdout"] }))
    .map(({ MESSAGE = "" }) => MESSAGE)
    .filter((message) => message.includes(`"method":"start"`));
  expect(
    records.map((record) => (JSON.parse(record) as { event: string; outcome?: string }).outcome),
  ).toEqual([undefined, "ok"]);
  expect(invocationOf(testbed, unit)).not.toBeNull();
});

test("a reload that shortens the idle time holds for a helper that is idle already", async () => {
  await whenDown(testbed, SERVICE);
  await writePolicy(testbed, policyOf({ limits: { idle_exit_seconds: 3600 } }));
  await caller.ask("describe");
  await writePolicy(testbed, policyOf({ limits: { idle_exit_seconds: 0.001 } }));
  await testbed.run(["systemctl", "reload", SERVICE]);
  await whenDown(testbed, SERVICE);
});
