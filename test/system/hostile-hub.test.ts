import { afterEach, beforeAll, expect, test } from "@jest/globals";
import type { Message, Speaker } from "./raw-client.ts";
import { HUB, ROOT, setStage } from "./stage.ts";
import { unitFile, writeUnit } from "./world.ts";

const OTHER_RULE = `[[allow]]
name = "other-hub"
peer = { user = "otherhub" }
methods = ["start", "stop", "write-credentials", "remove-credentials", "status", "list", "watch"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`;
const OTHER_HUB: Speaker = { user: "otherhub" };
const MOST_FAILED = 256;
/** Four of five of all that there may be, and one more than a uid gets. */
const SETS_OF_ONE = 3277;
/** More than a hub with a hundred log-ins at a time has, of one user each. */
const NARROW_WATCHES = 120;
/** The largest set that the policy takes, less what its names and pinned values need. */
const LARGE = "x".repeat(64_000);

const stage = setStage({ limits: { verbs_burst: 100_000, verbs_per_second: 10_000 }, policy: OTHER_RULE });

beforeAll(async () => {
  await stage.testbed.addUser("otherhub", { system: true, groups: ["hub-helper"] });
  await writeUnit(stage.testbed, "zoe");
  await writeUnit(stage.testbed, "wash");
});

afterEach(async () => {
  await stage.testbed.run(["systemctl", "reset-failed"]);
});

const credentials = (server: string, token = "t"): object => ({
  user: "zoe",
  server,
  env: { JUPYTERHUB_API_TOKEN: token },
});

test("servers that a hub makes up, and that fail, do not fill PID 1", async () => {
  const { testbed } = stage;
  await testbed.write(
    "/etc/systemd/system/jupyterhub-singleuser-zoe@.service",
    unitFile("zoe", ["ExecStart=/no/such/program"]),
  );
  const units = Array.from({ length: MOST_FAILED }, (_, at) => `jupyterhub-singleuser-zoe@s${at}.service`);
  await testbed.run(["systemctl", "start", ...units], { check: false });
  const hub = await stage.connect(HUB);
  const code = async (server: string): Promise<unknown> =>
    (await hub.error("start", { user: "zoe", server })).data.code;
  expect(await code("one-more")).toBe("busy");
  expect(await code("s0")).toBe("job-failed");
  expect(await hub.result("start", { user: "wash" })).toMatchObject({ activeState: "active" });
  // Who is in trouble by accident gets out of it.
  await hub.result("reset-failed", { user: "zoe", server: "s0" });
  expect(await code("one-more")).toBe("job-failed");
});

/** What is on disk after a hub has staged so many sets: stage-sets UID COUNT. */
const STAGE_SETS = `
import json, os, sys, time
uid, count = int(sys.argv[1]), int(sys.argv[2])
run = "/run/hub-helper"
os.umask(0o077)
for at in range(count):
    directory = f"{run}/credentials/jupyterhub/singleuser/zoe@n{at}"
    os.makedirs(directory)
    with open(f"{directory}/env", "w") as env:
        env.write("JUPYTERHUB_API_TOKEN=t\\n")
    record = {"generation": os.stat(directory).st_ino, "writtenAtMs": time.monotonic() * 1000,
              "invocationId": "", "started": False, "peerUid": uid}
    with open(f"{run}/sets/jupyterhub-singleuser-zoe@n{at}.service", "w") as file:
        json.dump(record, file)
`;

test("a hub that stages as many sets as it can leaves some to another", async () => {
  const { testbed } = stage;
  await stage.restartHelper();
  const uid = (await testbed.run(["id", "--user", "jupyter"])).stdout.trim();
  await testbed.run(["python3", "-c", STAGE_SETS, uid, String(SETS_OF_ONE)]);
  const hub = await stage.connect(HUB);
  expect((await hub.error("write-credentials", credentials("one-more"))).data).toMatchObject({
    ...{ code: "unavailable", outcome: "none" },
  });
  const other = await stage.connect(OTHER_HUB);
  await other.result("write-credentials", { user: "wash", env: { JUPYTERHUB_API_TOKEN: "mine" } });
  // Its own it may still replace.
  await hub.result("write-credentials", credentials("n0", "new"));
  await hub.result("remove-credentials", { user: "zoe", server: "n0" });
  await hub.result("remove-credentials", { user: "zoe", server: "n1" });
  await hub.result("write-credentials", credentials("one-more"));
  await stage.restartHelper();
  await testbed.run(["sh", "-c", "rm -r /run/hub-helper/credentials/* /run/hub-helper/sets/*"]);
});

/** Leaves so little of a small /run that a dozen large sets take all that a hub may have. */
const FILL_RUN = `
  mount -o remount,size=16m /run
  set -- $(df --output=size,avail --block-size=1 /run | tail -n 1)
  head -c $(($2 - $1 / 4 - 1048576)) /dev/zero >/run/filler
`;

test("a hub that replaces one large set again and again leaves room to another", async () => {
  const { testbed } = stage;
  const { stdout } = await testbed.run(["findmnt", "--noheadings", "--output=OPTIONS", "/run"]);
  const before = /size=([0-9]+k)/.exec(stdout)?.[1] ?? "20%";
  await testbed.run(["sh", "-c", FILL_RUN]);
  try {
    const hub = await stage.connect(HUB);
    const replace = (): Promise<Message> => hub.call("write-credentials", credentials("large", LARGE));
    let refused: Message["error"];
    while (refused === undefined) refused = (await replace()).error;
    expect(refused).toMatchObject({ data: { code: "unavailable", outcome: "none" } });
    const other = await stage.connect(OTHER_HUB);
    await other.result("write-credentials", { user: "wash", env: { JUPYTERHUB_API_TOKEN: LARGE } });
    // What was replaced is unlinked while the hub goes on.
    while ((await replace()).error !== undefined);
    await hub.result("remove-credentials", { user: "zoe", server: "large" });
    await other.result("remove-credentials", { user: "wash" });
  } finally {
    await testbed.run(["sh", "-c", `rm -f /run/filler; mount -o remount,size=${before} /run`]);
  }
});

test("root is answered while the helper cleans up thousands of records", async () => {
  const count = 5_000;
  await stage.restartHelper();
  const names = Array.from({ length: count }, (_, at) => `jupyterhub-singleuser-zoe@r${at}.service`);
  await stage.testbed.run(["sh", "-c", "cd /run/hub-helper/sets && xargs touch"], {
    input: names.join("\n"),
  });
  const root = await stage.connect(ROOT);
  await root.result("describe");
  await root.result("status", { user: "zoe" });
  const { stdout } = await stage.testbed.run(["sh", "-c", "ls /run/hub-helper/sets | grep -c @r"]);
  expect(Number(stdout)).toBeGreaterThan(0);
  await stage.testbed.run(["sh", "-c", "while ls /run/hub-helper/sets | grep -q @r; do sleep 0.1; done"]);
});

test("a hub may watch each of a hundred users whose servers start", async () => {
  const clients = await Promise.all(Array.from({ length: NARROW_WATCHES / 8 }, () => stage.connect(HUB)));
  const asked = clients.flatMap((client) =>
    Array.from({ length: 8 }, () => client.result("watch", { user: "zoe" })),
  );
  expect(await Promise.all(asked)).toHaveLength(NARROW_WATCHES);
});

/** Lets the bus hang until something sent by the helper lies unread in it, and what is to happen meanwhile has. */
async function whileTheBusHangs(meanwhile: () => Promise<unknown>): Promise<void> {
  const bus = await stage.property("dbus.service", "MainPID");
  const helper = await stage.property("helper.service", "MainPID");
  try {
    await meanwhile();
    await stage.testbed.run(["python3", "/opt/clients/unread_by_bus.py", helper]);
    await stage.testbed.run(["gpasswd", "--delete", "wash", "jupyterhub"]);
  } finally {
    await stage.testbed.run(["kill", "-CONT", bus]);
  }
}

test.each([
  ["start", {}],
  ["write-credentials", { env: { JUPYTERHUB_API_TOKEN: "late" } }],
])("%s is refused to who lost the right while systemd was late", async (method, params) => {
  const unit = "jupyterhub-singleuser-wash.service";
  const hub = await stage.connect(HUB);
  await hub.result("stop", { user: "wash" });
  const bus = await stage.property("dbus.service", "MainPID");
  try {
    let id = 0;
    await whileTheBusHangs(async () => {
      await stage.testbed.run(["kill", "-STOP", bus]);
      id = hub.ask(method, { user: "wash", ...params });
    });
    expect((await hub.answer(id)).error?.data).toEqual({ code: "denied" });
    expect(await stage.property(unit, "ActiveState")).toBe("inactive");
    const { result } = await (await stage.connect(ROOT)).call("status", { user: "wash" });
    expect(result).toMatchObject({ credentials: [] });
  } finally {
    await stage.testbed.run(["gpasswd", "--add", "wash", "jupyterhub"]);
  }
});
