import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Testbed } from "../../testbed/index.ts";
import { Caller } from "./caller.ts";
import { invocationOf, whenThere, whenUp } from "./events.ts";
import { putProgram } from "./program.ts";
import type { StartsReport } from "./programs/many-starts.ts";
import { mainPids, namedUnit, serverNames, stopAll, writeNamedUnit } from "./servers.ts";
import { bootWorld } from "./world.ts";

const SERVICE = "helper.service";
const SERVERS = serverNames(50);
const UNITS = SERVERS.map((server) => namedUnit("zoe", server)).sort();

let testbed: Testbed;
let caller: Caller;
let manyStarts: string[];

beforeAll(async () => {
  testbed = await bootWorld();
  await writeNamedUnit(testbed, "zoe");
  manyStarts = await putProgram(testbed, "many-starts");
  caller = await Caller.start(testbed);
});

afterEach(async () => {
  await stopAll(testbed, "zoe");
});

afterAll(async () => {
  await testbed.shutdown();
});

const killHelper = () => testbed.run(["systemctl", "kill", "--kill-whom=main", "--signal=KILL", SERVICE]);

/** Starts all servers at once with the client library. */
function startMany(): { child: ChildProcess; report: Promise<StartsReport> } {
  const child = testbed.spawn([...manyStarts, "zoe", ...SERVERS], { user: "jupyter" });
  const { stdout } = child;
  if (stdout === null) throw new TypeError("No pipe.");
  const report = once(child, "close").then(async () => JSON.parse(await output) as StartsReport);
  const output = text(stdout);
  return { child, report };
}

/** Waits until some, and not all, of the servers have been started. */
const whenHalfway = () => whenThere(testbed, `/run/systemd/units/invocation:${namedUnit("zoe", "s10")}`);

describe("the helper killed in the middle of 50 starts", () => {
  test("every start ends in a definite answer, and every server runs", async () => {
    const { report } = startMany();
    await whenHalfway();
    const before = invocationOf(testbed, SERVICE);
    await killHelper();
    const { started, failed } = await report;
    expect(failed).toEqual({});
    expect([...started].sort()).toEqual([...SERVERS].sort());
    expect([...(await mainPids(testbed, "zoe")).keys()].sort()).toEqual(UNITS);
    expect([null, before]).not.toContain(invocationOf(testbed, SERVICE));
  });

  test("again and again: the same", async () => {
    const { report } = startMany();
    await whenHalfway();
    for (let round = 0; round < 3; round++) {
      const before = invocationOf(testbed, SERVICE);
      await killHelper();
      await whenUp(testbed, SERVICE, before);
    }
    const { started, failed } = await report;
    expect(failed).toEqual({});
    expect(started).toHaveLength(SERVERS.length);
    expect([...(await mainPids(testbed, "zoe")).keys()].sort()).toEqual(UNITS);
  });
});

describe("the helper restarted in the middle of 50 starts", () => {
  test("starts that it has begun get their answer from it, and the others from the next one", async () => {
    const line = await caller.connect();
    const replies = SERVERS.map((server) => line.request("start", { user: "zoe", server }));
    await Promise.race(replies);
    await testbed.run(["systemctl", "restart", SERVICE]);
    const answered = await Promise.all(replies);
    for (const { result, error } of answered) {
      if (error)
        expect(error.data).toEqual({
          code: "unavailable",
          problem: "the helper is stopping",
          outcome: "none",
        });
      else expect(result).toMatchObject({ activeState: "active" });
    }
    expect(await line.closed).toBe("");
  });

  test("the client library brings every start to a server that runs", async () => {
    const { report } = startMany();
    await whenHalfway();
    await testbed.run(["systemctl", "restart", SERVICE]);
    const { started, failed } = await report;
    expect(failed).toEqual({});
    expect(started).toHaveLength(SERVERS.length);
    expect([...(await mainPids(testbed, "zoe")).keys()].sort()).toEqual(UNITS);
  });
});

describe("servers", () => {
  test.each([
    ["is killed", killHelper],
    ["is stopped", () => testbed.run(["systemctl", "stop", SERVICE])],
    ["and its socket are stopped", () => testbed.run(["systemctl", "stop", "helper.socket", SERVICE])],
    ["is restarted", () => testbed.run(["systemctl", "restart", SERVICE])],
  ])("go on when the helper %s, and can be seen and stopped afterwards", async (_, strike) => {
    const servers = SERVERS.slice(0, 3);
    for (const server of servers) await caller.ask("start", { user: "zoe", server });
    const before = await mainPids(testbed, "zoe");
    expect(before.size).toBe(3);
    await strike();
    expect(await mainPids(testbed, "zoe")).toEqual(before);
    await testbed.run(["systemctl", "start", "helper.socket"]);
    expect((await caller.ask("list")).result?.["units"]).toHaveLength(3);
    for (const server of servers) {
      expect((await caller.ask("stop", { user: "zoe", server })).result).toMatchObject({
        activeState: "inactive",
      });
    }
  });
});
