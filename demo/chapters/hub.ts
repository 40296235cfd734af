import type { Testbed } from "../../testbed/index.ts";
import { expectSame, expectTrue } from "../check.ts";
import { readStatus } from "../process-status.ts";
import { HELPER_UNIT, HUB_UNIT, type Cast, type Stage } from "../stage.ts";
import { isActive, showUnit } from "../unit.ts";
import { isHelperRunning } from "./machine.ts";

async function waitForSocket(testbed: Testbed): Promise<void> {
  for await (const { MESSAGE = "" } of testbed.followJournal({ unit: HUB_UNIT })) {
    if (MESSAGE.startsWith("The hub listens")) return;
  }
}

async function groupNumber(testbed: Testbed, group: string): Promise<number> {
  return Number((await testbed.run(["getent", "group", group])).stdout.split(":")[2]);
}

/** The unprivileged party. */
export async function startHub({ testbed, report }: Stage, cast: Cast): Promise<void> {
  report.chapter("The hub", [HUB_UNIT, HELPER_UNIT]);
  await report.step(`${HUB_UNIT} runs, and its first call has woken the helper`, async () => {
    await testbed.run(["systemctl", "start", HUB_UNIT]);
    await waitForSocket(testbed);
    expectTrue(isHelperRunning(testbed), "the helper is not running");
  });
  await report.step("the hub is nobody: no privilege, and no way to get one", async (note) => {
    const pid = Number((await showUnit(testbed, HUB_UNIT))["MainPID"]);
    const status = readStatus(testbed, pid);
    const group = await groupNumber(testbed, "hub-helper");
    expectSame("the hub", status, {
      uid: cast.jupyter,
      gid: await groupNumber(testbed, "jupyter"),
      groups: [await groupNumber(testbed, "jupyter"), group].sort((a, b) => a - b),
      noNewPrivileges: true,
      hasNoCapability: true,
    });
    note(`uid ${status.uid}, groups jupyter and hub-helper, NoNewPrivs 1, CapEff 0, CapBnd 0`);
  });
  await report.step("its account asks systemd itself to start zoe's server: refused", async (note) => {
    const unit = "jupyterhub-singleuser-zoe.service";
    const asked = await testbed.run(["systemctl", "start", unit], { user: "jupyter", check: false });
    expectTrue(asked.status !== 0, "systemd has let the hub's account start a unit");
    expectSame("the unit's being active", await isActive(testbed, unit), false);
    note(`systemctl start: exit status ${asked.status ?? "?"}`);
  });
}
