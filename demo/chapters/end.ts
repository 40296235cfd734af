import type { UnitState } from "../../src/client/index.ts";
import type { Testbed } from "../../testbed/index.ts";
import { expectSame } from "../check.ts";
import { askHub, followHub } from "../hub-client.ts";
import { HELPER_UNIT, HUB_UNIT, type Stage } from "../stage.ts";
import { isActive } from "../unit.ts";
import { isHelperRunning } from "./machine.ts";
import { DEFAULT_UNIT, GPU_UNIT } from "./servers.ts";

const LIMIT_MS = 10_000;
const STATE = "/run/hub-helper";
const STAGED = ["credentials", "sets", "staging", "units"].map((name) => `${STATE}/${name}`);

const isOver = ({ activeState }: UnitState): boolean => activeState === "inactive";

/** Root stops a server behind the hub's back; the hub's own events tell of it. */
async function stopAsRoot(testbed: Testbed, unit: string): Promise<void> {
  const events = await followHub(testbed, AbortSignal.timeout(LIMIT_MS));
  const stopping = testbed.run(["systemctl", "stop", unit]);
  for await (const state of events) if (state.unit === unit && isOver(state)) break;
  await stopping;
}

async function stopServer(testbed: Testbed, path: string): Promise<void> {
  const { status, body } = await askHub(testbed, "DELETE", path);
  expectSame(`the hub's answer to DELETE ${path}`, status, 200);
  expectSame("the state of the unit", (body as UnitState).activeState, "inactive");
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
  await report.step("the hub stops the others", async () => {
    await stopServer(testbed, "/users/zoe/server");
    await stopServer(testbed, "/users/wash/server");
    expectSame("what the hub still sees", (await askHub(testbed, "GET", "/servers")).body, []);
  });
  await report.step("the hub stops, and after a second without callers the helper leaves", async () => {
    const since = new Date();
    await testbed.run(["systemctl", "stop", HUB_UNIT]);
    await waitForHelperToLeave(testbed, since);
    expectSame("the helper's running", isHelperRunning(testbed), false);
    expectSame("the socket's being active", await isActive(testbed, "helper.socket"), true);
  });
  await report.step("no credential and no record is left on disk", async () => {
    expectSame("what is left", (await testbed.run(["find", ...STAGED, "-mindepth", "1"])).stdout, "");
  });
}
