import { describe, expect, test } from "@jest/globals";
import type { UnitState } from "../../src/protocol/unit-state.ts";
import type { RawClient } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { unitFile } from "./world.ts";

/** Another hub, which has started nothing. */
const OTHER_HUB = { as: { uid: "wash", gid: "wash", groups: ["hub-helper"] } };

const stage = setStage({
  policy: `
[[allow]]
name = "other-hub"
peer = { user = "wash" }
methods = ["start", "stop", "reset-failed", "write-credentials", "remove-credentials", "status", "list", "watch"]
templates = ["singleuser"]
target = { users = ["someone-else"] }
`,
});

const LOSSES: Record<string, (user: string) => readonly string[]> = {
  "has lost the group": (user) => ["gpasswd", "--delete", user, "jupyterhub"],
  "has lost the account": (user) => ["userdel", "--force", user],
};

const users = async (client: RawClient, method: "list" | "watch"): Promise<string[]> =>
  ((await client.result(method))["units"] as UnitState[]).map(({ user }) => user);

const denied = async (client: RawClient, user: string, methods: readonly string[]): Promise<void> => {
  for (const method of methods) {
    expect([method, (await client.error(method, { user })).data]).toEqual([method, { code: "denied" }]);
  }
};

const record = (unit: string): string => `/run/hub-helper/units/${unit}`;

describe.each(Object.entries(LOSSES))("a user who %s while the server runs", (title, loss) => {
  const account = (name: string): string => `${name}-${title.split(" ").at(-1) ?? ""}`;

  test("can still be seen and stopped by the hub, through an end of the helper, and not be started again", async () => {
    const user = account("ripley");
    const unit = await stage.server(user);
    let client = await stage.connect();
    await client.result("write-credentials", { user });
    await client.result("start", { user });
    await client.result("watch", { user });
    await stage.testbed.run(loss(user));
    for (const restart of [false, true]) {
      if (restart) {
        await stage.restartHelper();
        client = await stage.connect();
        await client.result("watch", { user });
      }
      expect(await client.result("status", { user })).toMatchObject({ unit, activeState: "active" });
      expect(await users(client, "list")).toContain(user);
      expect(await users(client, "watch")).toContain(user);
      await denied(client, user, ["start", "write-credentials"]);
      await denied(await stage.connect(OTHER_HUB), user, [
        "stop",
        "status",
        "reset-failed",
        "remove-credentials",
      ]);
    }
    expect(await client.result("remove-credentials", { user })).toEqual({ unit, removed: 1 });
    expect(await client.result("stop", { user })).toMatchObject({ unit, activeState: "inactive" });
    await client.notification("unit-changed", unitIs("inactive"));
    await denied(client, user, ["stop", "status", "reset-failed", "remove-credentials", "start"]);
    expect(await users(client, "list")).not.toContain(user);
    await stage.gone(record(unit));
  });

  test("is let go of when the server ends by itself", async () => {
    const user = account("dallas");
    const unit = await stage.server(user);
    const client = await stage.connect();
    await client.result("watch", { user });
    await client.result("start", { user });
    await stage.testbed.run(loss(user));
    await stage.testbed.run(["systemctl", "kill", "--signal=KILL", unit]);
    await client.notification("unit-changed", unitIs("failed"));
    await stage.gone(record(unit));
    await denied(client, user, ["stop", "status", "reset-failed", "start"]);
  });

  test("can be ended while the server waits for its automatic restart", async () => {
    const user = account("lambert");
    const unit = await stage.server(user, ["Restart=always", "RestartSec=1h"]);
    const client = await stage.connect();
    await client.result("watch", { user });
    await client.result("start", { user });
    await stage.testbed.run(loss(user));
    await stage.testbed.run(["systemctl", "kill", "--signal=KILL", unit]);
    await client.notification("unit-changed", unitIs("activating"));
    expect(await client.result("status", { user })).toMatchObject({ subState: "auto-restart" });
    expect(await client.result("stop", { user })).toMatchObject({ activeState: "inactive" });
    await denied(client, user, ["stop", "status"]);
  });
});

test("a server that root started is none of the hub's once its user is not eligible", async () => {
  const unit = await stage.server("roots");
  await stage.testbed.run(["systemctl", "start", unit]);
  const client = await stage.connect();
  expect(await client.result("status", { user: "roots" })).toMatchObject({ activeState: "active" });
  await stage.testbed.run(["gpasswd", "--delete", "roots", "jupyterhub"]);
  await denied(client, "roots", ["stop", "status", "reset-failed", "remove-credentials", "start"]);
});

test("a server whose unit file was removed while it runs can be seen and stopped, and not started again", async () => {
  const { testbed } = stage;
  const unit = await stage.server("orphan");
  const client = await stage.connect();
  await client.result("start", { user: "orphan" });
  await testbed.run(["rm", `/etc/systemd/system/${unit}`]);
  await testbed.run(["systemctl", "daemon-reload"]);
  await stage.restartHelper();
  const again = await stage.connect();
  expect(await again.result("status", { user: "orphan" })).toMatchObject({
    loadState: "not-found",
    activeState: "active",
  });
  expect(await users(again, "list")).toContain("orphan");
  for (const method of ["start", "write-credentials"]) {
    expect((await again.error(method, { user: "orphan" })).data).toEqual({ code: "unit-not-found", unit });
  }
  expect(await again.result("stop", { user: "orphan" })).toMatchObject({ unit, activeState: "inactive" });
  expect(await again.result("stop", { user: "orphan" })).toMatchObject({ unit, activeState: "inactive" });
  await stage.gone(record(unit));
});

test("an account that was made anew under the name of one that is gone does not get its server", async () => {
  const { testbed } = stage;
  const unit = await stage.server("phoenix");
  const client = await stage.connect();
  await client.result("start", { user: "phoenix" });
  await testbed.run(["userdel", "--force", "phoenix"]);
  await testbed.addUser("phoenix", { uid: 7777 });
  await denied(client, "phoenix", ["start"]);
  await testbed.run(["gpasswd", "--add", "phoenix", "jupyterhub"]);
  await testbed.write(`/etc/systemd/system/${unit}`, unitFile("phoenix"));
  expect(await client.result("stop", { user: "phoenix" })).toMatchObject({ activeState: "inactive" });
});
