import { expect, test } from "@jest/globals";
import { Gate } from "./gate.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";

const stage = setStage({ alone: true });

/** Says that it is ready when something is written to its FIFO. */
const readyOn = (fifo: string): string[] => [
  "Type=notify",
  "NotifyAccess=all",
  `ExecStart=/bin/sh -c 'read line <${fifo}; systemd-notify --ready; exec sleep infinity'`,
];
/** Ends when it likes. */
const STUBBORN = [`ExecStart=/bin/sh -c 'trap "" TERM; sleep infinity'`, "TimeoutStopSec=3s"];

test("a start whose time is up is a job-timeout, and its job goes on", async () => {
  const { testbed } = stage;
  await testbed.run(["mkfifo", "--mode=644", "/opt/ready"]);
  const unit = await stage.server("slow", readyOn("/opt/ready"));
  const client = await stage.connect();
  await client.result("watch", { user: "slow" });
  const { data } = await client.error("start", { user: "slow", timeoutMs: 200 });
  expect(data).toEqual({ code: "job-timeout", unit, afterMs: 200 });
  expect(await client.result("status", { user: "slow" })).toMatchObject({ activeState: "activating" });
  await testbed.run(["sh", "-c", "echo >/opt/ready"]);
  await client.notification("unit-changed", unitIs("active"));
});

test("a later start joins the job that goes on", async () => {
  const gate = await Gate.make(stage, "joined");
  const client = await stage.connect();
  expect((await client.error("start", { user: "joined", timeoutMs: 100 })).data.code).toBe("job-timeout");
  const second = client.ask("start", { user: "joined" });
  await gate.open();
  expect((await client.answer(second)).result).toMatchObject({ activeState: "active" });
});

test("a stop ends a start at once, and the start's callers are told that they were interrupted", async () => {
  // It would start for ever: a stop that waited for the start would never be answered.
  const unit = await stage.server("halted", ["Type=notify", "TimeoutStartSec=infinity"]);
  const [client, other] = await Promise.all([stage.connect(), stage.connect()]);
  await other.result("watch", { user: "halted" });
  const starts = [client.ask("start", { user: "halted" }), client.ask("start", { user: "halted" })];
  await other.notification("unit-changed", unitIs("activating"));
  expect(await other.result("stop", { user: "halted" })).toMatchObject({ unit, activeState: "inactive" });
  for (const start of starts) {
    expect((await client.answer(start)).error?.data).toEqual({ code: "interrupted", unit });
  }
});

test("a stop after a job-timeout ends the job", async () => {
  await stage.server("timed", ["Type=notify"]);
  const client = await stage.connect();
  expect((await client.error("start", { user: "timed", timeoutMs: 100 })).data.code).toBe("job-timeout");
  expect(await client.result("stop", { user: "timed" })).toMatchObject({ activeState: "inactive" });
});

test("a stop whose time is up is a job-timeout, and the server ends all the same", async () => {
  const unit = await stage.server("stubborn", STUBBORN);
  const client = await stage.connect();
  await client.result("watch", { user: "stubborn" });
  await client.result("start", { user: "stubborn" });
  const { data } = await client.error("stop", { user: "stubborn", timeoutMs: 100 });
  expect(data).toEqual({ code: "job-timeout", unit, afterMs: 100 });
  await client.notification("unit-changed", unitIs("failed"));
});

test("a stop that joins another stop waits for the unit to be down", async () => {
  await stage.server("twice", STUBBORN);
  const client = await stage.connect();
  await client.result("start", { user: "twice" });
  const stops = [client.ask("stop", { user: "twice" }), client.ask("stop", { user: "twice" })];
  for (const stop of stops) {
    expect((await client.answer(stop)).result).toMatchObject({ mainPid: null, activeState: "failed" });
  }
});

test("a start during a stop gets its server, and the stop's caller is told", async () => {
  await stage.server("fickle", STUBBORN);
  const client = await stage.connect();
  await client.result("watch", { user: "fickle" });
  await client.result("start", { user: "fickle" });
  const stop = client.ask("stop", { user: "fickle" });
  await client.notification("unit-changed", unitIs("deactivating"));
  const started = await client.result("start", { user: "fickle" });
  expect(started).toMatchObject({ activeState: "active" });
  expect((await client.answer(stop)).error?.data.code).toBe("interrupted");
});

test("a caller whose bus goes away under its job learns that the outcome is not known", async () => {
  const { testbed } = stage;
  await stage.server("unseen", ["Type=notify"]);
  const client = await stage.connect();
  await client.result("watch", { user: "unseen" });
  const start = client.ask("start", { user: "unseen" });
  await client.notification("unit-changed", unitIs("activating"));
  await testbed.run(["systemctl", "stop", "dbus.socket", "dbus.service"]);
  const { error } = await client.answer(start);
  expect(error?.data).toEqual({ code: "unavailable", problem: expect.any(String), outcome: "unknown" });
  const { data } = await client.error("start", { user: "unseen" });
  expect(data).toEqual({ code: "unavailable", problem: expect.any(String), outcome: "none" });
  await testbed.run(["systemctl", "start", "dbus.socket", "dbus.service"]);
  expect(await client.result("stop", { user: "unseen" })).toMatchObject({ activeState: "inactive" });
});
