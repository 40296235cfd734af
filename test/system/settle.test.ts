import { describe, expect, test } from "@jest/globals";
import { Stage } from "./stage.ts";

// Longer than any answer is waited for here: a start that waits for it fails its test.
const SETTLE_MS = 60_000;
const stage = new Stage({ settleMs: SETTLE_MS });

describe("a start under settle_ms", () => {
  test("is answered at once for a server that is up already", async () => {
    const unit = await stage.server("old");
    await stage.testbed.run(["systemctl", "start", unit]);
    const hub = await stage.connect();
    const { result } = await hub.call("start", { user: "old" });
    expect(result).toMatchObject({ unit, activeState: "active" });
  });

  test("is answered at once for a oneshot that has done its work", async () => {
    const unit = await stage.server("once", ["Type=oneshot", "ExecStart=/bin/true"]);
    const hub = await stage.connect();
    const { result } = await hub.call("start", { user: "once" });
    expect(result).toMatchObject({ unit, activeState: "inactive", result: "success" });
  });

  test.each([
    ["fails", "1", "failed"],
    ["ends well", "0", "inactive"],
  ])("is a failure as soon as the server %s", async (_, status, activeState) => {
    const user = `dies${status}`;
    await stage.server(user, [`ExecStart=/bin/sh -c 'sleep 0.3; exit ${status}'`]);
    const hub = await stage.connect();
    const { error } = await hub.call("start", { user });
    expect(error?.data).toMatchObject({ code: "job-failed", jobResult: "done", state: { activeState } });
    expect(error?.message).toMatch(/ended right after it was started, with status/);
  });

  test("is a failure when systemd has to start the server again", async () => {
    await stage.server("again", [
      "ExecStart=/bin/sh -c 'sleep 0.3; exit 3'",
      "Restart=always",
      "RestartSec=60",
    ]);
    const hub = await stage.connect();
    const { error } = await hub.call("start", { user: "again" });
    expect(error?.data).toMatchObject({ code: "job-failed", state: { subState: "auto-restart" } });
    await stage.testbed.run(["systemctl", "stop", "jupyterhub-singleuser-again.service"]);
  });
});
