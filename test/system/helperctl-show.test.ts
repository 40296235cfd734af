import { beforeAll, describe, expect, test } from "@jest/globals";
import type { ShownServer } from "../../src/helperctl/show/shown.ts";
import type { Caller } from "./helperctl-runs.ts";
import { helperctl } from "./helperctl-runs.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";

const stage = setStage({
  policy: `
[[allow]]
name = "looker"
peer = { user = "wash" }
methods = ["status", "list"]
templates = ["singleuser"]
target = { users = ["shown"] }
`,
});

/** An account that may look at one server, and read no journal. */
const LOOKER: Caller = { user: "wash", groups: ["hub-helper"] };
const UNIT = "jupyterhub-singleuser-shown.service";
const ESCAPES = "\u001b[2J\u202eforged\u0007";

const show = (args: readonly string[], caller?: Caller) =>
  helperctl(stage.testbed, ["show", ...args], caller);

async function shownOf(...args: string[]): Promise<{ status: number | null; shown: ShownServer }> {
  const { status, stdout } = await show([...args, "--json"]);
  return { status, shown: JSON.parse(stdout) as ShownServer };
}

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.write("/etc/systemd/system/jupyterhub.slice", "[Slice]\nMemoryMax=2G\n");
  await testbed.write(`/etc/systemd/system/${UNIT}.d/10-limits.conf`, "[Service]\nTasksMax=300\n");
  const lines = [
    "Slice=jupyterhub-shown.slice",
    "MemoryMax=4G",
    "CPUQuota=150%",
    `ExecStart=/bin/sh -c "printf '%%b\\\\n' '\\\\033[2Jtold'; exec sleep infinity"`,
  ];
  await stage.server("shown", lines, [`Description=A server ${ESCAPES}`]);
});

describe("show, of a server that runs", () => {
  beforeAll(async () => {
    const hub = await stage.connect();
    await hub.result("write-credentials", {
      user: "shown",
      files: { keyfile: { text: "never to be seen" } },
    });
    await hub.result("start", { user: "shown" });
    await hub.error("start", { user: "shown", server: "without-file" });
    await hub.close();
  });

  test("has its state, its unit and the slices above it with their limits", async () => {
    const { status, shown } = await shownOf("shown");
    expect(status).toBe(0);
    expect(shown.state).toMatchObject({ unit: UNIT, activeState: "active" });
    expect(shown.unit).toMatchObject({
      fragmentPath: `/etc/systemd/system/${UNIT}`,
      dropInPaths: [`/etc/systemd/system/${UNIT}.d/10-limits.conf`],
      type: "exec",
      user: "shown",
      slice: "jupyterhub-shown.slice",
      controlGroup: `/jupyterhub.slice/jupyterhub-shown.slice/${UNIT}`,
      memory: { limit: 4 * 1024 ** 3 },
      tasks: { limit: 300 },
      cpu: { limit: 1.5 },
    });
    expect(shown.slices.map(({ name }) => name)).toEqual([
      "jupyterhub-shown.slice",
      "jupyterhub.slice",
      "-.slice",
    ]);
    expect(shown.slices[1]).toMatchObject({ memory: { limit: 2 * 1024 ** 3 } });
  });

  test("has its sandbox score, its last job, and the records and lines about it alone", async () => {
    const { shown } = await shownOf("shown");
    expect(shown.sandbox?.score).toBeGreaterThan(5);
    expect(shown.job).toMatchObject({ kind: "asked", type: "start", outcome: "ok" });
    expect(shown.audit).toMatchObject([
      { method: "write-credentials", unit: UNIT, outcome: "ok" },
      { method: "start", unit: UNIT, outcome: "ok" },
    ]);
    expect(shown.journal?.map(({ identifier }) => identifier)).toEqual(
      expect.arrayContaining(["systemd", "sh"]),
    );
  });

  test("takes as many of them as it is told to", async () => {
    const { shown } = await shownOf("shown", "--lines", "1");
    expect(shown.audit).toMatchObject([{ method: "start" }]);
    expect(shown.journal).toHaveLength(1);
    expect((await show(["shown", "--lines", "0"])).status).toBe(2);
  });

  test("names credentials with their sizes, and has no value of one", async () => {
    const { status, stdout } = await show(["shown"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}credentials {2}env \d+ B, keyfile 16 B$/m);
    expect(stdout).toMatch(/^ {2}memory {7}.*2\.0 GiB, limit of jupyterhub\.slice$/m);
    expect(`${stdout}${(await show(["shown", "--json"])).stdout}`).not.toContain("never to be seen");
  });

  test("lets neither a description nor a line of the journal act on the terminal", async () => {
    for (const args of [["shown"], ["shown", "--json"]]) {
      const { stdout } = await show(args);
      expect(stdout).toContain("told");
      expect(stdout).not.toMatch(/[^\P{C}\n]/u);
    }
  });

  test("shows an account what its rules let it see, and says what the rest takes", async () => {
    const { status, stdout, stderr } = await show(["shown"], LOOKER);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("  state        active (running)");
    expect(stdout).toMatch(
      /\n\nThe audit log and the journal are for root and the members of .* and adm\.\n$/,
    );
    const json = JSON.parse((await show(["shown", "--json"], LOOKER)).stdout) as ShownServer;
    expect(json).toMatchObject({ audit: null, journal: null, unit: { user: "shown" } });
  });

  test("shows it the rest when it is in one of the groups for that", async () => {
    const { stdout } = await show(["shown"], { ...LOOKER, groups: ["hub-helper", "adm"] });
    expect(stdout).toContain("Audit log\n");
    expect(stdout).toContain("Journal\n");
  });

  test("refuses an account what its rules do not let it see", async () => {
    const { status, stdout, stderr } = await show(["zoe"], LOOKER);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^helperctl: The policy does not allow this\.[^\n]*\n$/);
  });
});

describe("show, of a server that does not run", () => {
  test("exits with 1, also where there is no unit file", async () => {
    const { status, shown } = await shownOf("zoe", "no-file");
    expect(status).toBe(1);
    expect(shown).toMatchObject({
      state: { loadState: "not-found", server: "no-file" },
      unit: { fragmentPath: null },
      sandbox: null,
      job: null,
      audit: [],
      journal: [],
    });
    expect((await show(["zoe", "no-file"])).stdout).toContain("  loaded       there is no unit file\n");
  });

  test("says of one that is masked that it is", async () => {
    const path = "/etc/systemd/system/jupyterhub-singleuser-mallory.service";
    await stage.testbed.run(["ln", "-s", "/dev/null", path]);
    await stage.testbed.run(["usermod", "--append", "--groups=jupyterhub", "mallory"]);
    const { status, stdout } = await show(["mallory"]);
    expect(status).toBe(1);
    expect(stdout).toContain("  loaded       masked: ");
  });

  test("says of one that has failed why", async () => {
    await stage.server("broken", ["ExecStart=/no/such/program"]);
    await (await stage.connect()).error("start", { user: "broken" });
    const { status, stdout } = await show(["broken"]);
    expect(status).toBe(1);
    expect(stdout).toContain("  state        failed (status 203/EXEC)");
    expect(stdout).toMatch(/^ {2}last job {5}start: job-failed after \d+ ms, /m);
    const { stdout: table } = await helperctl(stage.testbed, ["list", "--user", "broken"]);
    expect(table).toContain(" failed (status 203/EXEC) ");
  });

  test("exits with 3 when nothing answers", async () => {
    await stage.testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
    expect((await show(["zoe"])).status).toBe(3);
    await stage.testbed.run(["systemctl", "start", "helper.socket"]);
  });
});

test("a job that is queued is shown while it is", async () => {
  await stage.server("slow", ["Type=notify"]);
  const client = await stage.connect();
  await client.result("watch", { user: "slow" });
  client.sendFrame({ jsonrpc: "2.0", id: "slow", method: "start", params: { user: "slow" } });
  await client.notification("unit-changed", unitIs("activating"));
  const { status, shown } = await shownOf("slow");
  expect(status).toBe(0);
  expect(shown.job).toEqual({ kind: "queued", type: "start", state: "running" });
  expect((await show(["slow"])).stdout).toContain(" start slow (singleuser): under way, by rule hub\n");
  await client.result("stop", { user: "slow" });
});
