import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "@jest/globals";
import type { Speaker } from "./raw-client.ts";
import { audited } from "./audit-records.ts";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

/** What a test runs inside is in the testbed's own unit. */
const stage = setStage({
  policy: `
[[allow]]
name = "hub-in-its-unit"
peer = { user = "wash", unit = "testbed.service" }
methods = ["start", "stop", "status", "watch"]
templates = ["singleuser"]
target = { users = ["zoe"] }
`,
});

const IN_UNIT: Speaker = { as: { uid: "wash", gid: "wash", groups: ["hub-helper"] } };
const ELSEWHERE: Speaker = {
  through: ["systemd-run", "--quiet", "--pipe", "--uid=wash", "--property=SupplementaryGroups=hub-helper"],
};

async function lastRefusal(): Promise<Record<string, unknown> | undefined> {
  return (await audited(stage.testbed)).findLast(({ decision }) => decision === "refused");
}

test("a rule with a unit is for processes of that unit alone", async () => {
  await writeUnit(stage.testbed, "zoe");
  const inside = await stage.connect(IN_UNIT);
  expect(await inside.result("describe")).toHaveProperty("templates.singleuser");
  await inside.result("start", { user: "zoe" });
  const outside = await stage.connect(ELSEWHERE);
  for (const method of ["describe", "stop", "no-such-method"]) {
    expect((await outside.error(method, { user: "zoe" })).data).toEqual({ code: "denied" });
  }
  expect(await lastRefusal()).toMatchObject({ reason: "peer-outside-unit", peerPid: outside.pid });
  await inside.result("stop", { user: "zoe" });
});

test("a forked child that keeps the socket after its parent's end is in no unit that counts", async () => {
  const client = await stage.connect(IN_UNIT);
  await client.result("describe");
  const { subscription } = await client.result("watch", { user: "zoe" });
  await client.orphan();
  for (const method of ["describe", "status", "start"]) {
    expect((await client.error(method, { user: "zoe" })).data).toEqual({ code: "denied" });
  }
  expect(await lastRefusal()).toMatchObject({ reason: "peer-outside-unit", peerUnit: "testbed.service" });
  await stage.testbed.run(["systemctl", "start", "jupyterhub-singleuser-zoe.service"]);
  expect((await client.notification("watch-ended")).params).toEqual({ subscription });
  expect(client.messages.filter(({ method }) => method === "unit-changed")).toEqual([]);
});

test("an orphan with a socket keeps what a rule without a unit gives its account", async () => {
  const client = await stage.connect();
  await client.orphan();
  expect(await client.result("describe")).toHaveProperty("peer.user", "jupyter");
});

test("a process of another pid namespace, whose pid the kernel gives as 0, is in no unit at all", async () => {
  // This one: it reaches the socket from outside of the container. To PID 1, pid 0 means whoever asks, the helper.
  const socket = connect(`${stage.testbed.root}/run/hub-helper/helper.sock`);
  socket.write('{"jsonrpc":"2.0","id":1,"method":"start","params":{"user":"zoe"}}\n');
  const [reply] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(JSON.parse(reply.toString())).toMatchObject({ error: { data: { code: "denied" } } });
  expect(await lastRefusal()).toMatchObject({ peerUid: 0, peerPid: 0, peerUnit: null });
});
