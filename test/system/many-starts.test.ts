import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { type Testbed, writePolicy } from "../../testbed/index.ts";
import { Caller, type Reply } from "./caller.ts";
import { runProgram } from "./program.ts";
import type { StartsReport } from "./programs/many-starts.ts";
import { mainPids, namedUnit, serverNames, stopAll, writeNamedUnit } from "./servers.ts";
import { bootWorld, policyOf, writeUnit } from "./world.ts";

/** MESSAGE_ID of "unit started", systemd.journal-fields(7) and sd-messages.h. */
const UNIT_STARTED = "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf";

let testbed: Testbed;
let caller: Caller;

beforeAll(async () => {
  testbed = await bootWorld();
  await writeNamedUnit(testbed, "zoe");
  caller = await Caller.start(testbed);
});

afterEach(async () => {
  await stopAll(testbed, "zoe");
  await writePolicy(testbed, policyOf({}));
  await testbed.run(["systemctl", "reload-or-restart", "helper.service"]);
});

afterAll(async () => {
  await testbed.shutdown();
});

async function allAtOnce(method: "start" | "stop", servers: readonly string[]): Promise<Reply[]> {
  const line = await caller.connect();
  const replies = await Promise.all(servers.map((server) => line.request(method, { user: "zoe", server })));
  await line.close();
  return replies;
}

test("300 starts at once over one raw connection all succeed, each with a process of its own", async () => {
  const replies = await allAtOnce("start", serverNames(300));
  expect(replies.filter(({ result }) => result?.["activeState"] !== "active")).toEqual([]);
  expect(new Set(replies.map(({ result }) => result?.["mainPid"])).size).toBe(300);
  expect((await mainPids(testbed, "zoe")).size).toBe(300);
});

test("300 starts at once from one client of the library all succeed", async () => {
  const servers = serverNames(300);
  const report = await runProgram<StartsReport>(testbed, "many-starts", ["zoe", ...servers]);
  expect(report.failed).toEqual({});
  expect([...report.started].sort()).toEqual([...servers].sort());
});

test("1000 starts at once are all answered, what is answered busy was not begun, and all are stopped at once", async () => {
  await writePolicy(testbed, policyOf({ limits: { verbs_burst: 600, verbs_per_second: 1 } }));
  await testbed.run(["systemctl", "reload-or-restart", "helper.service"]);
  const servers = serverNames(1000);
  const replies = await allAtOnce("start", servers);
  const codes = new Set(replies.map(({ error }) => error?.data.code));
  expect([...codes].sort()).toEqual(["busy", undefined]);
  const started = servers.filter((_, at) => replies[at]?.result?.["activeState"] === "active");
  const busy = replies.flatMap(({ error }) =>
    error?.data.code === "busy" ? [error.data["retryAfterMs"]] : [],
  );
  expect(started.length + busy.length).toBe(1000);
  expect(started.length).toBeGreaterThanOrEqual(600);
  expect(busy.length).toBeGreaterThan(300);
  for (const retryAfterMs of busy) expect(retryAfterMs).toBeGreaterThan(0);
  const active = [...(await mainPids(testbed, "zoe")).keys()];
  expect(active.sort()).toEqual(started.map((server) => namedUnit("zoe", server)).sort());
  await writePolicy(testbed, policyOf({}));
  await testbed.run(["systemctl", "reload-or-restart", "helper.service"]);
  for (const { result } of await allAtOnce("stop", started)) {
    expect(result).toMatchObject({ activeState: "inactive" });
  }
  // dbus-daemon cuts PID 1 off when too many jobs are asked for at once.
  const log = await testbed.journal({ match: ["_PID=1"] });
  expect(log.filter(({ MESSAGE = "" }) => MESSAGE.includes("API bus"))).toEqual([]);
});

test("100 starts of one unit at once share one job, and one process", async () => {
  await testbed.run(["mkfifo", "--mode=0644", "/run/gate"]);
  const unit = await writeUnit(testbed, "zoe", ["ExecStartPre=/usr/bin/head -c 1 /run/gate"]);
  const lines = await Promise.all(Array.from({ length: 4 }, () => caller.connect()));
  const starts = lines.flatMap((line) =>
    Array.from({ length: 25 }, () => line.request("start", { user: "zoe" })),
  );
  // Each line answers in order of readiness: once this is answered, the starts before it have been judged.
  await Promise.all(lines.map((line) => line.request("status", { user: "zoe" })));
  await testbed.run(["sh", "-c", "echo >/run/gate"]);
  const replies = await Promise.all(starts);
  expect(new Set(replies.map(({ result }) => result?.["invocationId"])).size).toBe(1);
  expect(replies.every(({ result }) => result?.["activeState"] === "active")).toBe(true);
  expect(await testbed.journal({ match: [UNIT_STARTED, `UNIT=${unit}`] })).toHaveLength(1);
  await Promise.all(lines.map((line) => line.close()));
});
