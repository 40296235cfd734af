import { basename, dirname } from "node:path";
import type { UnitState } from "../../src/client/index.ts";
import type { Testbed } from "../../testbed/index.ts";
import { expectSame, expectTrue } from "../check.ts";
import { askHub, followHub } from "../hub-client.ts";
import { HELPER_UNIT, HUB_UNIT, type Stage } from "../stage.ts";
import { isActive, setOf } from "../unit.ts";
import { untilGone } from "../until-gone.ts";
import { isHelperRunning } from "./machine.ts";
import { DEFAULT_UNIT, GPU_UNIT } from "./servers.ts";

const LIMIT_MS = 10_000;
const CREDENTIALS = "/run/hub-helper/credentials";
/** What is staged, what is on its way in or out, and who started what. */
const KEPT = [CREDENTIALS, "/run/hub-helper/sets", "/run/hub-helper/staging", "/run/hub-helper/units"];

/** A unit that has failed stays so until somebody starts it again. */
const ENDED = ["inactive", "failed"];
const hasEnded = ({ activeState }: UnitState): boolean => ENDED.includes(activeState);

/** Root stops a server behind the hub's back; the hub's own events tell of it. */
async function stopAsRoot(testbed: Testbed, unit: string): Promise<void> {
  const events = await followHub(testbed, AbortSignal.timeout(LIMIT_MS));
  const stopping = testbed.run(["systemctl", "stop", unit]);
  for await (const state of events) if (state.unit === unit && hasEnded(state)) break;
  await stopping;
}

async function stopServer(testbed: Testbed, path: string): Promise<void> {
  const { status, body } = await askHub(testbed, "DELETE", path);
  expectSame(`the hub's answer to DELETE ${path}`, status, 200);
  expectTrue(hasEnded(body as UnitState), `the unit is ${(body as UnitState).activeState}`);
}

/** PID 1 says so when it has collected the process. */
async function waitForHelperToLeave(testbed: Testbed, since: Date): Promise<void> {
  const match = [`UNIT=${HELPER_UNIT}`, "_PID=1"];
  for await (const { MESSAGE = "" } of testbed.followJournal({ match, since, timeoutMs: LIMIT_MS })) {
    if (MESSAGE.includes("Deactivated successfully")) return;
  }
}

/** Everything goes, and leaves nothing. */
export async function end({ testbed, report }: Stage): Promise<void> {
  report.chapter("Everybody goes home", [DEFAULT_UNIT, GPU_UNIT, HUB_UNIT, HELPER_UNIT]);
  await report.step("root stops zoe's gpu server with systemctl, and the hub hears of it", () =>
    stopAsRoot(testbed, GPU_UNIT),
  );
  const set = setOf(GPU_UNIT);
  await report.step("its credentials go by themselves", () =>
    untilGone(testbed.root + dirname(set), basename(set), AbortSignal.timeout(LIMIT_MS)),
  );
  await report.step("the hub stops the others", async () => {
    await stopServer(testbed, "/users/zoe/server");
    await stopServer(testbed, "/users/wash/server");
    const { body } = await askHub(testbed, "GET", "/servers");
    expectTrue((body as UnitState[]).every(hasEnded), "the hub still sees a server that runs");
  });
  await report.step("the hub stops, and after a second without callers the helper leaves", async () => {
    const since = new Date();
    await testbed.run(["systemctl", "stop", HUB_UNIT]);
    await waitForHelperToLeave(testbed, since);
    expectSame("the helper's running", isHelperRunning(testbed), false);
    expectSame("the socket's being active", await isActive(testbed, "helper.socket"), true);
  });
  await report.step("no credential and no record is left on disk", async () => {
    expectSame("what is left", (await testbed.run(["find", ...KEPT, "-mindepth", "1"])).stdout, "");
  });
}
