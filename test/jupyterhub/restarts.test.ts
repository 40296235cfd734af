import { beforeAll, expect, test } from "@jest/globals";
import { callHub, launchServer, requestServer, serversOf, addHubUser, stopServer } from "./hub-api.ts";
import { hubSays, killHub, restartHub } from "./hub-process.ts";
import { closeGate, type LightAnswer, runLightServers } from "./light-server.ts";
import { HUB, logIn } from "./pages.ts";
import { setJupyterStage } from "./stage.ts";
import { livingUnits, runOf, unitOf, type Run } from "./units.ts";

const stage = setJupyterStage({
  // A request for a server is answered while it starts, at once.
  config: 'c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}\n',
});
/** Named servers are light ones; the default ones are JupyterLab. */
beforeAll(() =>
  runLightServers(stage.testbed, "jupyterhub-singleuser-zoe@.service", "jupyterhub-singleuser-wash@.service"),
);

type Server = readonly [user: string, name: string];

const launchAll = async (servers: readonly Server[]): Promise<void> => {
  await Promise.all(servers.map(([user, name]) => launchServer(stage.testbed, user, name)));
};
const runsOf = (servers: readonly Server[]): Promise<Run[]> =>
  Promise.all(servers.map(([user, name]) => runOf(stage.testbed, unitOf(user, name))));

/** Whether the hub says so of each of them. */
const areReady = (servers: readonly Server[]): Promise<boolean[]> =>
  Promise.all(
    servers.map(async ([user, name]) => (await serversOf(stage.testbed, user))[name]?.ready ?? false),
  );

/** The process id of a light server, asked through the proxy. */
async function askServer([user, name]: Server): Promise<string> {
  const url = `http://127.0.0.1/user/${user}/${name}/`;
  const { stdout } = await stage.testbed.run(["curl", "--silent", "--show-error", "--fail", url]);
  return String((JSON.parse(stdout) as LightAnswer).pid);
}

/** A DELETE is answered with 202 where the stop takes longer than a request should. */
async function stopAll(servers: readonly Server[]): Promise<void> {
  const since = new Date();
  await Promise.all(
    servers.map(async ([user, name]) => {
      const { status } = await stopServer(stage.testbed, user, name);
      const label = `User ${user} server took`;
      if (status === 202) await hubSays(stage.testbed, since, label);
      else expect(status).toBe(204);
    }),
  );
}

test("five servers outlive a hub that is killed: none is restarted, and all can be used and stopped", async () => {
  const light: Server[] = [
    ["zoe", "one"],
    ["zoe", "two"],
    ["wash", "one"],
    ["wash", "two"],
  ];
  const servers: Server[] = [["zoe", ""], ...light];
  await launchAll(servers);
  const before = await runsOf(servers);
  const pids = before.slice(1).map((run) => run.MainPID);

  await killHub(stage.testbed, async () => {
    expect(await Promise.all(light.map(askServer))).toEqual(pids);
  });
  expect(await areReady(servers)).toEqual(servers.map(() => true));
  expect(await runsOf(servers)).toEqual(before);
  expect(await Promise.all(light.map(askServer))).toEqual(pids);

  const page = await stage.newPage();
  await logIn(page, "zoe");
  await page.waitForURL(/\/user\/zoe\/lab/);
  await page.goto(`${HUB}/hub/home`);
  for (const stop of ["#stop", "#stop-one", "#stop-two"]) await page.waitForSelector(stop);
  await page.click("#stop-one");
  await page.waitForSelector("#start-one:not(.hidden)");

  await stopAll(servers.filter(([user, name]) => user !== "zoe" || name !== "one"));
  const units = servers.map(([user, name]) => unitOf(user, name));
  expect((await livingUnits(stage.testbed)).filter((unit) => units.includes(unit))).toEqual([]);
  await page.reload();
  await page.waitForSelector("#start-two:not(.hidden)");
  expect(await page.locator("#stop").count()).toBe(0);
});

test("servers outlive a hub that is restarted in an orderly way", async () => {
  const servers: Server[] = [
    ["zoe", "orderly"],
    ["wash", "orderly"],
  ];
  await launchAll(servers);
  const before = await runsOf(servers);
  await restartHub(stage.testbed);
  expect(await areReady(servers)).toEqual([true, true]);
  expect(await runsOf(servers)).toEqual(before);
  expect(await Promise.all(servers.map(askServer))).toEqual(before.map((run) => run.MainPID));
});

test("a hub that is killed during spawns takes the servers up when it is back", async () => {
  const activating: Server = ["zoe", "activating"];
  const deaf: Server = ["wash", "deaf"];
  const gates = [
    await closeGate(stage.testbed, unitOf(...activating), "start-pre"),
    await closeGate(stage.testbed, unitOf(...deaf), "listen"),
  ];
  for (const [user, name] of [activating, deaf]) {
    await addHubUser(stage.testbed, user);
    expect((await requestServer(stage.testbed, user, name)).status).toBe(202);
  }
  await Promise.all(gates.map((gate) => gate.reached));
  const before = await runsOf([activating, deaf]);
  expect(before.map((run) => run.ActiveState)).toEqual(["activating", "active"]);

  const since = new Date();
  await killHub(stage.testbed);
  await Promise.all(gates.map((gate) => gate.open()));
  await hubSays(stage.testbed, since, "Initialized ");
  expect(await areReady([activating, deaf])).toEqual([true, true]);
  const now = await runsOf([activating, deaf]);
  expect(now.map((run) => run.InvocationID)).toEqual(before.map((run) => run.InvocationID));
  expect(await Promise.all([activating, deaf].map(askServer))).toEqual(now.map((run) => run.MainPID));
  await stopAll([activating, deaf]);
  const living = await livingUnits(stage.testbed);
  for (const server of [activating, deaf]) expect(living).not.toContain(unitOf(...server));
});

test("a hub that is killed before anything was started has no server, and can start one", async () => {
  await addHubUser(stage.testbed, "wash");
  // A helper that does not answer.
  await stage.testbed.run(["systemctl", "start", "helper.service"]);
  await stage.testbed.run(["systemctl", "kill", "--kill-who=main", "--signal=SIGSTOP", "helper.service"]);
  expect((await requestServer(stage.testbed, "wash", "early")).status).toBe(202);
  await killHub(stage.testbed, async () => {
    await stage.testbed.run(["systemctl", "kill", "--kill-who=main", "--signal=SIGCONT", "helper.service"]);
  });
  expect(await areReady([["wash", "early"]])).toEqual([false]);
  expect(await livingUnits(stage.testbed)).not.toContain(unitOf("wash", "early"));
  await launchServer(stage.testbed, "wash", "early");
  expect(await askServer(["wash", "early"])).toMatch(/^\d+$/);
});

test("a hub that starts up without the helper keeps its servers", async () => {
  const server: Server = ["wash", "kept"];
  await launchAll([server]);
  const before = await runsOf([server]);
  await stage.testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
  try {
    await killHub(stage.testbed);
    expect(await areReady([server])).toEqual([true]);
    expect(await askServer(server)).toBe(before[0]?.MainPID);
  } finally {
    await stage.testbed.run(["systemctl", "start", "helper.socket"]);
  }
  expect(await runsOf([server])).toEqual(before);
  await stopAll([server]);
  expect(await livingUnits(stage.testbed)).not.toContain(unitOf(...server));
  await launchAll([server]);
});

test("a server that could not be stopped is taken up by the next start, and lets its user in", async () => {
  await launchServer(stage.testbed, "wash");
  const before = await runOf(stage.testbed, unitOf("wash"));
  await stage.testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
  try {
    const since = new Date();
    await stopServer(stage.testbed, "wash");
    await hubSays(stage.testbed, since, "wash could not be stopped");
  } finally {
    await stage.testbed.run(["systemctl", "start", "helper.socket"]);
  }
  await launchServer(stage.testbed, "wash");
  expect(await runOf(stage.testbed, unitOf("wash"))).toEqual(before);
  const page = await stage.newPage();
  await logIn(page, "wash");
  await page.waitForURL(/\/user\/wash\/lab/);
  await page.waitForSelector("#jp-main-dock-panel, #main");
  expect((await callHub(stage.testbed, "GET", "/users/wash")).status).toBe(200);
});

/** Does something to the machine each time that the helper begins to carry something out, some times. */
async function disturb(times: number, disturbance: () => Promise<unknown>): Promise<void> {
  const follow = stage.testbed.followJournal({
    unit: "helper.service",
    since: new Date(),
    timeoutMs: 120_000,
  });
  for await (const { MESSAGE = "" } of follow) {
    if (!MESSAGE.includes('"event":"begin"')) continue;
    await disturbance();
    if (--times === 0) return;
  }
}

test.each([
  ["the helper is killed", 8, ["kill", "--kill-who=main", "--signal=SIGKILL", "helper.service"]],
  ["the bus is restarted", 3, ["restart", "dbus.service"]],
] as const)("spawns end well while %s again and again", async (_what, times, command) => {
  const servers = ["a", "b", "c", "d"].map((letter): Server => ["zoe", `${letter}${times}`]);
  const disturbances = disturb(times, () =>
    // The one that is to be killed may have just been.
    stage.testbed.run(["systemctl", ...command], { check: false }),
  );
  await launchAll(servers);
  await disturbances;
  expect(await areReady(servers)).toEqual(servers.map(() => true));
  const runs = await runsOf(servers);
  expect(await Promise.all(servers.map(askServer))).toEqual(runs.map((run) => run.MainPID));
  await stopAll(servers);
  const living = await livingUnits(stage.testbed);
  for (const server of servers) expect(living).not.toContain(unitOf(...server));
});
