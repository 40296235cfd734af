import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Testbed, writePolicy } from "../../testbed/index.ts";
import { Caller, type Line } from "./caller.ts";
import { isThere, whenDown, whenEmpty, whenGone } from "./events.ts";
import { givenTo, RUN, stagedAt, stagedFor, TAKES_CREDENTIALS } from "./staged.ts";
import { bootWorld, policyOf, writeUnit } from "./world.ts";

const ZOE = { user: "zoe" };
const MANY_VERBS = { verbs_per_second: 5000, verbs_burst: 5000 };

let testbed: Testbed;
let caller: Caller;
let line: Line;
let unit: string;

beforeAll(async () => {
  testbed = await bootWorld({ limits: MANY_VERBS, alone: true });
  unit = await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
  caller = await Caller.start(testbed);
});

afterAll(async () => {
  await testbed.shutdown();
});

beforeEach(async () => {
  line = await caller.connect();
  await line.request("stop", ZOE);
  await line.request("reset-failed", ZOE);
});

afterEach(() => line.close());

const setOf = (token: string) => ({ ...ZOE, env: { JUPYTERHUB_API_TOKEN: token } });
const write = (token: string) => line.request("write-credentials", setOf(token));
const tokenIn = (env: string | undefined): string | undefined =>
  /^JUPYTERHUB_API_TOKEN=(.*)$/m.exec(env ?? "")?.[1];
const givenToken = (): string | undefined => tokenIn(givenTo(testbed, unit)["hub_env"]);
const stagedToken = (): string | undefined => tokenIn(stagedFor(testbed, unit)["env"]);

/** Ends the unit's main process, and waits until PID 1 has seen it. */
async function die(mainPid: unknown): Promise<void> {
  await testbed.run(["sh", "-c", `kill -KILL ${String(mainPid)}`]);
  await whenDown(testbed, unit);
}

describe("stop, write and start in quick succession", () => {
  test("never lose the new set, each waited for", async () => {
    for (let round = 0; round < 50; round++) {
      const token = `waited ${round}`;
      expect((await line.request("stop", ZOE)).error).toBeUndefined();
      expect((await write(token)).error).toBeUndefined();
      expect((await line.request("start", ZOE)).result).toMatchObject({ credentials: [{ name: "env" }] });
      expect([givenToken(), stagedToken()]).toEqual([token, token]);
    }
  });

  test("never lose the new set, sent without waiting for anything", async () => {
    await write("first");
    await line.request("start", ZOE);
    for (let round = 0; round < 50; round++) {
      const token = `pipelined ${round}`;
      const [stopped, written, started] = await Promise.all([
        line.request("stop", ZOE),
        write(token),
        line.request("start", ZOE),
      ]);
      expect(written.error).toBeUndefined();
      expect(started.result).toMatchObject({ activeState: "active", credentials: [{ name: "env" }] });
      expect(stagedToken()).toBe(token);
      // A start that takes the stop's place before the stop has begun leaves the server as it is: the stop says so.
      if (stopped.error) expect(stopped.error.data).toEqual({ code: "interrupted", unit });
      else expect(givenToken()).toBe(token);
    }
  });

  test("leave the last of many sets that were sent without waiting", async () => {
    const tokens = Array.from({ length: 50 }, (_, at) => `set ${at}`);
    const writes = tokens.map(write);
    const started = await line.request("start", ZOE);
    for (const { error } of await Promise.all(writes)) expect(error).toBeUndefined();
    expect(started.result).toMatchObject({ activeState: "active" });
    expect([givenToken(), stagedToken()]).toEqual(["set 49", "set 49"]);
  });
});

describe("a set that is written while the unit runs", () => {
  test("outlives the unit's own death, and is given to the next start", async () => {
    await write("old");
    const { result } = await line.request("start", ZOE);
    await write("new");
    await die(result?.["mainPid"]);
    // Each look at the unit's end and each helper's start is an occasion to take it for the old one.
    expect((await line.request("status", ZOE)).result).toMatchObject({ credentials: [{ name: "env" }] });
    await testbed.run(["systemctl", "restart", "helper.service"]);
    line = await caller.connect();
    expect((await line.request("status", ZOE)).result).toMatchObject({
      activeState: "failed",
      credentials: [{}],
    });
    await line.request("reset-failed", ZOE);
    await line.request("start", ZOE);
    expect(givenToken()).toBe("new");
  });

  test("is taken by an automatic restart, and goes when the unit ends after that", async () => {
    await writeUnit(testbed, "zoe", [...TAKES_CREDENTIALS, "Restart=on-failure", "RestartSec=0"]);
    await testbed.run(["systemctl", "daemon-reload"]);
    await write("old");
    const { result } = await line.request("start", ZOE);
    await write("new");
    await line.request("watch");
    const restarted = line.heard(
      ({ params }) => params.unit?.["nRestarts"] === 1 && params.unit["activeState"] === "active",
    );
    await testbed.run(["sh", "-c", `kill -KILL ${String(result?.["mainPid"])}`]);
    const mainPid = (await restarted).params.unit?.["mainPid"];
    expect([givenToken(), stagedToken()]).toEqual(["new", "new"]);
    // SIGTERM is no failure: nothing is restarted.
    await testbed.run(["sh", "-c", `kill -TERM ${String(mainPid)}`]);
    await whenGone(testbed, stagedAt(unit));
    await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
    await testbed.run(["systemctl", "daemon-reload"]);
  });

  test("goes with a stop that begins after it was written", async () => {
    await write("old");
    await line.request("start", ZOE);
    await write("new");
    expect((await line.request("stop", ZOE)).result).toMatchObject({ credentials: [] });
  });
});

describe("a set that was never started", () => {
  test("stays through ends of the helper, and of the unit's name in PID 1's memory", async () => {
    await write("waiting");
    await testbed.run(["systemctl", "stop", "helper.service"]);
    await testbed.run(["systemctl", "daemon-reload"]);
    line = await caller.connect();
    expect((await line.request("list")).result).toMatchObject({
      units: [{ unit, activeState: "inactive", credentials: [{ name: "env" }] }],
    });
  });

  test("goes with a stop although there is nothing to stop", async () => {
    await write("waiting");
    expect((await line.request("stop", ZOE)).result).toMatchObject({
      activeState: "inactive",
      credentials: [],
    });
    expect(isThere(testbed, stagedAt(unit))).toBe(false);
  });

  test("is given to a start that somebody else asks systemd for, and goes after it", async () => {
    await write("by hand");
    await testbed.run(["systemctl", "start", unit]);
    expect(givenToken()).toBe("by hand");
    await testbed.run(["systemctl", "stop", unit]);
    await whenGone(testbed, stagedAt(unit));
  });
});

test("a set written just before the helper's idle exit is there for the start that follows", async () => {
  await writePolicy(testbed, policyOf({ limits: { ...MANY_VERBS, idle_exit_seconds: 0.001 } }));
  await testbed.run(["systemctl", "reload", "helper.service"]);
  await line.close();
  for (let round = 0; round < 10; round++) {
    const token = `round ${round}`;
    await whenDown(testbed, "helper.service");
    expect((await caller.ask("write-credentials", setOf(token))).error).toBeUndefined();
    await whenDown(testbed, "helper.service");
    expect((await caller.ask("start", ZOE)).error).toBeUndefined();
    await whenDown(testbed, "helper.service");
    expect([givenToken(), stagedToken()]).toEqual([token, token]);
    expect((await caller.ask("stop", ZOE)).result).toMatchObject({ credentials: [] });
  }
});

test("with no room left nothing is written, the old set stays whole, and a smaller one still fits", async () => {
  await writePolicy(testbed, policyOf({ limits: MANY_VERBS }));
  await testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
  await testbed.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0755", "tmpfs", RUN]);
  await testbed.run(["systemctl", "start", "helper.socket"]);
  line = await caller.connect();
  const fill = (letter: string, length: number) => ({
    ...ZOE,
    files: { keyfile: { text: letter.repeat(length) } },
  });
  expect((await line.request("write-credentials", fill("a", 20_000))).error).toBeUndefined();
  const { error } = await line.request("write-credentials", fill("b", 60_000));
  expect(error?.data).toEqual({
    code: "unavailable",
    outcome: "none",
    problem: "no room is left below /run",
  });
  expect(stagedFor(testbed, unit)["keyfile"]).toBe("a".repeat(20_000));
  expect((await line.request("status", ZOE)).result).toMatchObject({
    credentials: [{ name: "env" }, { name: "keyfile", bytes: 20_000 }],
  });
  await whenEmpty(testbed, `${RUN}/staging`);
  expect((await line.request("write-credentials", fill("c", 20_000))).error).toBeUndefined();
  expect(stagedFor(testbed, unit)["keyfile"]).toBe("c".repeat(20_000));
});
