import { beforeAll, expect, test } from "@jest/globals";
import type { UnitState } from "../../src/protocol/unit-state.ts";
import { setStage } from "./stage.ts";

/** More units than a subscription keeps news of. */
const UNITS = 600;
const ROUNDS = 2;
const MOST_GROWTH_KB = 48 * 1024;

const stage = setStage();
const unitOf = (at: number): string => `jupyterhub-singleuser-zoe@s${at}.service`;
const UNIT_NAMES = Array.from({ length: UNITS }, (_, at) => unitOf(at));

beforeAll(async () => {
  const unit = "[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=zoe\nExecStart=/bin/true\n";
  await stage.testbed.write("/etc/systemd/system/jupyterhub-singleuser-zoe@.service", unit);
});

async function residentKb(): Promise<number> {
  const pid = await stage.property("helper.service", "MainPID");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(await stage.testbed.read(`/proc/${pid}/status`))?.[1]);
}

test("a watcher that does not read costs little memory, holds nobody up, and gets a snapshot when it reads again", async () => {
  const stalled = await stage.connect();
  const { subscription } = await stalled.result("watch");
  const other = await stage.connect();
  // The first rounds make the heap as large as this much news needs, read or not.
  await stage.testbed.run(["systemctl", "start", ...UNIT_NAMES]);
  await stage.testbed.run(["systemctl", "stop", ...UNIT_NAMES]);
  await stage.testbed.run(["systemctl", "start", ...UNIT_NAMES]);
  await stalled.notification("unit-changed");
  stalled.stall();
  const before = await residentKb();
  for (let round = 0; round < ROUNDS; round++) {
    await stage.testbed.run(["systemctl", "stop", ...UNIT_NAMES]);
    expect(await other.result("status", { user: "zoe", server: "s0" })).toMatchObject({
      activeState: "inactive",
    });
    await stage.testbed.run(["systemctl", "start", ...UNIT_NAMES]);
    expect(await other.result("status", { user: "zoe", server: "s0" })).toMatchObject({
      activeState: "active",
    });
  }
  expect((await residentKb()) - before).toBeLessThan(MOST_GROWTH_KB);
  const unread = stalled.messages.length;
  stalled.resume();
  const isWhole = ({ units }: Record<string, unknown>): boolean =>
    (units as UnitState[]).filter(({ activeState }) => activeState === "active").length === UNITS;
  const { params } = await stalled.notification("watch-overflow", isWhole, unread);
  expect(params?.["subscription"]).toBe(subscription);
  const from = stalled.messages.length;
  await stage.testbed.run(["systemctl", "stop", unitOf(0)]);
  await stalled.notification(
    "unit-changed",
    ({ unit }) => (unit as UnitState).activeState === "inactive",
    from,
  );
});
