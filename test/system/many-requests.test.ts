import { expect, test } from "@jest/globals";
import { Gate } from "./gate.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();

test("answers come in the order in which they are ready", async () => {
  const gate = await Gate.make(stage, "patient");
  const client = await stage.connect();
  const start = client.ask("start", { user: gate.user });
  const describe = client.ask("describe");
  await client.answer(describe);
  expect(client.lines).toHaveLength(1);
  await gate.open();
  expect((await client.answer(start)).result).toMatchObject({ activeState: "active" });
});

test("a peer that has shut down its writing half still gets its answers, and then the end", async () => {
  const gate = await Gate.make(stage, "halfway");
  const client = await stage.connect();
  const start = client.ask("start", { user: gate.user });
  client.end();
  await gate.open();
  expect((await client.answer(start)).result).toMatchObject({ activeState: "active" });
  expect(await client.closedByHelper()).toBe("");
});

test("closing the connection cancels nothing that was begun", async () => {
  const gate = await Gate.make(stage, "gone");
  const onlooker = await stage.connect();
  await onlooker.result("watch", { user: gate.user });
  const client = await stage.connect();
  client.ask("start", { user: gate.user });
  await onlooker.notification("unit-changed", unitIs("activating"));
  await client.close();
  await gate.open();
  await onlooker.notification("unit-changed", unitIs("active"));
});

test("two requests with the same id are each answered on their own params", async () => {
  await writeUnit(stage.testbed, "zoe");
  await writeUnit(stage.testbed, "wash");
  const client = await stage.connect();
  const requests = ["zoe", "wash", "mallory"].map((user) => ({
    jsonrpc: "2.0",
    id: 1,
    method: "start",
    params: { user },
  }));
  client.send(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  await client.received(3);
  const answers = client.messages.map(({ id, result, error }) => [id, result?.["user"] ?? error?.data.code]);
  expect(new Set(answers.map(([id]) => id))).toEqual(new Set([1]));
  expect(answers.map(([, answer]) => answer).sort()).toEqual(["denied", "wash", "zoe"]);
  expect(await stage.property("jupyterhub-singleuser-mallory.service", "ActiveState")).toBe("inactive");
});

test("starts of one unit at the same time share one job", async () => {
  const gate = await Gate.make(stage, "shared");
  const clients = await Promise.all([stage.connect(), stage.connect()]);
  const starts = clients.flatMap((client) =>
    [1, 2, 3, 4].map(() => [client, client.ask("start", { user: gate.user })] as const),
  );
  await gate.open();
  const answers = await Promise.all(starts.map(([client, id]) => client.answer(id)));
  const invocations = answers.map(({ result }) => result?.["invocationId"]);
  expect(invocations).toEqual(invocations.map(() => expect.stringMatching(/^[0-9a-f]{32}$/)));
  expect(new Set(invocations).size).toBe(1);
  const jobs = await stage.testbed.journal({ match: [`UNIT=${gate.unit}`, "JOB_TYPE=start", "_PID=1"] });
  expect(new Set(jobs.map(({ JOB_ID }) => JOB_ID)).size).toBe(1);
});

test("starting what is active changes nothing and answers at once", async () => {
  const unit = await stage.server("running");
  const client = await stage.connect();
  const first = await client.result("start", { user: "running" });
  const second = await client.result("start", { user: "running" });
  expect(second).toMatchObject({ unit, activeState: "active", invocationId: first["invocationId"] });
  expect(second["mainPid"]).toBe(first["mainPid"]);
});

test("stopping what is not running, or not even loaded, or has no file, succeeds", async () => {
  const unit = await stage.server("idle");
  await stage.testbed.addUser("unknown", { groups: ["jupyterhub"] });
  const client = await stage.connect();
  expect(await client.result("stop", { user: "idle" })).toMatchObject({ unit, activeState: "inactive" });
  const nothing = { loadState: "not-found", activeState: "inactive", nRestarts: null, invocationId: null };
  expect(await client.result("stop", { user: "unknown" })).toMatchObject(nothing);
  expect(await client.result("status", { user: "unknown" })).toMatchObject(nothing);
  expect(await client.result("reset-failed", { user: "unknown" })).toMatchObject(nothing);
  expect(await client.result("remove-credentials", { user: "unknown" })).toMatchObject({ removed: 0 });
});
