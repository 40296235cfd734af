import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";

const stage = setStage({ alone: true });

test("a verb that cannot be recorded is not carried out, and the next helper has a log again", async () => {
  const { testbed } = stage;
  const unit = await stage.server("zoe2");
  const hub = await stage.connect();
  await hub.result("describe");
  // Without its sockets, which would keep our end of standard output alive.
  const journald = ["systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket"];
  await testbed.run(["systemctl", "stop", ...journald]);
  // Newer releases keep it in the store of descriptors: what is written before it starts again is read then, and nothing is lost.
  await testbed.run(["systemctl", "clean", "--what=fdstore", "systemd-journald.service"], { check: false });
  await testbed.run(["systemctl", "start", ...journald]);

  const error = await hub.error("start", { user: "zoe2" });
  expect(error.data).toEqual({ code: "unavailable", problem: "audit", outcome: "none" });
  const { stdout } = await testbed.run(["systemctl", "show", "--value", "--property=InvocationID", unit]);
  expect(stdout.trim()).toBe("");

  await hub.closedByHelper();
  const again = await stage.connect();
  expect(await again.result("start", { user: "zoe2" })).toMatchObject({ activeState: "active" });
});
