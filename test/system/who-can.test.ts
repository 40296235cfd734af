import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Result } from "../../testbed/index.ts";
import { HOSTILE } from "../helperctl/support.ts";
import { HUB, setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  policy: `
[[allow]]
name = "admins-look"
peer = { group = "adm" }
methods = ["status", "list", "watch"]
templates = ["singleuser"]
target = { group = "jupyterhub" }

[[allow]]
name = "confined"
peer = { user = "wash", unit = "wash.service" }
methods = ["status", "stop"]
templates = ["singleuser"]
target = { users = ["wash"] }
`,
});

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.addUser("ada", { groups: ["adm", "hub-helper"] });
  await writeUnit(testbed, "zoe");
  await testbed.write(
    "/etc/systemd/system/hub.service",
    "[Service]\nUser=jupyter\nSupplementaryGroups=hub-helper adm\nExecStart=/bin/sleep infinity\n",
  );
  await testbed.write(
    "/etc/systemd/system/wash.service",
    "[Service]\nUser=wash\nExecStart=/bin/sleep infinity\n",
  );
});

const helperctl = (args: readonly string[], user = "root"): Promise<Result> =>
  stage.testbed.run(["helperctl", ...args], { user, check: false });

describe("who-can", () => {
  test("names the peers of the rules, the members of their groups, and root where it only looks", async () => {
    const { status, stdout } = await helperctl(["who-can", "status", "zoe", "--json"]);
    expect(status).toBe(0);
    const { peers, policyIsInForce } = JSON.parse(stdout) as { peers: unknown[]; policyIsInForce: boolean };
    const place = { file: "/etc/hub-helper/policy.toml", line: expect.any(Number) };
    expect(policyIsInForce).toBe(true);
    expect(peers).toEqual([
      { uid: 0, user: "root", unit: null, rule: null },
      expect.objectContaining({ user: "jupyter", unit: null, rule: { name: "hub", ...place } }),
      expect.objectContaining({ user: "ada", unit: null, rule: { name: "admins-look", ...place } }),
    ]);
  });

  test("names the unit that a rule wants the peer to be in", async () => {
    const { status, stdout } = await helperctl(["who-can", "stop", "wash"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^wash +\d+ +wash\.service +confined +\/etc\/hub-helper\/policy\.toml:\d+$/m);
    expect(stdout).toMatch(/^jupyter /m);
  });

  test("says so, and exits with 1, where nobody may", async () => {
    expect(await helperctl(["who-can", "start", "mallory"])).toMatchObject({
      status: 1,
      stdout: "Nobody may start for mallory.\n",
    });
  });

  test("is for root alone, and says it in one sentence", async () => {
    expect(await helperctl(["who-can", "status", "zoe"], "ada")).toMatchObject({
      status: 4,
      stdout: "",
      stderr: "helperctl: who-can is for root alone: it tells what others may do.\n",
    });
  });

  test("does not take a misspelt method for one that nobody may use", async () => {
    const { status, stderr } = await helperctl(["who-can", "strat", "zoe"]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "helperctl: There is no method strat. Did you mean start?\n",
    });
  });
});

describe("explain", () => {
  test("takes a unit for the peer, with the account and the groups that it gives its processes", async () => {
    const started = await helperctl(["explain", "start", "zoe", "--as", "hub.service"]);
    expect(started).toMatchObject({ status: 0, stdout: expect.stringMatching(/^allowed, by rule hub\n/) });
    // jupyter is in adm only through the unit.
    const looked = await helperctl(["explain", "status", "zoe", "--as", "hub.service", "--json"]);
    const { steps } = JSON.parse(looked.stdout) as { steps: { rule: string; ok: boolean; step: string }[] };
    expect(steps).toContainEqual(expect.objectContaining({ step: "peer", rule: "admins-look", ok: true }));
  });

  test("takes the unit for the place that a rule asks for", async () => {
    expect((await helperctl(["explain", "stop", "wash", "--as", "wash.service"])).status).toBe(0);
    expect((await helperctl(["explain", "stop", "wash", "--as", "wash"])).status).toBe(1);
  });

  test.each([["no-such.service"], ["a b.service"]])("says that there is no unit %s", async (unit) => {
    const { status, stderr } = await helperctl(["explain", "status", "zoe", "--as", unit]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "helperctl: The params are not right: peer.unit: there is no such unit.\n",
    });
  });

  test("takes no unit from anybody but root, and none that is no unit's name", async () => {
    const ask = (unit: string): object => ({ peer: { unit }, method: "status", user: "zoe" });
    const hub = await stage.connect(HUB);
    for (const unit of ["hub.service", HOSTILE]) {
      expect((await hub.error("explain", ask(unit))).data).toEqual({ code: "denied" });
    }
    const root = await stage.connect({});
    for (const unit of ["", "/etc/passwd", "--help", HOSTILE, "x".repeat(100_000)]) {
      expect((await root.error("explain", ask(unit))).data).toMatchObject({
        code: "invalid-params",
        path: "peer.unit",
      });
    }
  });

  test("names the nearest rule, and the one change that allows the request once it is made", async () => {
    const { status, stdout } = await helperctl(["explain", "start", "mallory", "--as", "jupyter"]);
    expect(status).toBe(1);
    const change = / {2}- put mallory into the group jupyterhub: (.+)$/m.exec(stdout)?.[1] ?? "";
    expect(change).toBe("usermod --append --groups jupyterhub mallory");
    await stage.testbed.run(["sh", "-c", change]);
    await writeUnit(stage.testbed, "mallory");
    expect((await helperctl(["explain", "start", "mallory", "--as", "jupyter"])).status).toBe(0);
    await stage.testbed.run(["gpasswd", "--delete", "mallory", "jupyterhub"]);
  });
});

describe("describe tells uid 0", () => {
  interface Admin {
    readonly activations: number;
    readonly peers: readonly { user: string; pid: number; unit: string; connections: number }[];
  }
  const describeAsRoot = async (): Promise<Admin> =>
    (await (await stage.connect({})).result("describe")) as unknown as Admin;

  test("how often the helper was started, also after it has left", async () => {
    const { activations } = await describeAsRoot();
    await stage.restartHelper();
    expect((await describeAsRoot()).activations).toBe(activations + 1);
  });

  test("who is connected, one entry a process", async () => {
    await stage.connect(HUB);
    const { peers } = await describeAsRoot();
    expect(peers).toContainEqual(
      expect.objectContaining({ user: "jupyter", unit: "testbed.service", connections: 1 }),
    );
    const hub = await stage.connect(HUB);
    expect(await hub.result("describe")).not.toHaveProperty("peers");
  });
});
