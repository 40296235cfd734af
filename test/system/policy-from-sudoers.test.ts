import { beforeAll, describe, expect, test } from "@jest/globals";
import { HUB, setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();

const POLICY = "/etc/hub-helper/policy.toml";
const SUDOERS = "/etc/sudoers.d/jupyterhub";
/** As JupyterHub's page on sudo has it. wash is one who may not. */
const FILE = `
Runas_Alias JUPYTER_USERS = jupyter, zoe
Cmnd_Alias JUPYTER_CMD = /usr/local/bin/sudospawner
jupyter ALL=(JUPYTER_USERS) NOPASSWD:JUPYTER_CMD
`;

const convert = (user = "root", ...words: string[]) =>
  stage.testbed.run(["helperctl", "policy-from-sudoers", ...words], { user, check: false });

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.write(SUDOERS, FILE);
  await testbed.run(["chmod", "0440", SUDOERS]);
  await writeUnit(testbed, "zoe");
  await writeUnit(testbed, "wash");
});

test("it is a file that sudo takes", async () => {
  expect((await stage.testbed.run(["visudo", "-c", "-f", SUDOERS], { check: false })).status).toBe(0);
});

describe("the policy out of it", () => {
  let policy: string;
  beforeAll(async () => {
    const { testbed } = stage;
    const { status, stdout, stderr } = await convert("root", SUDOERS);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    policy = stdout;
    await testbed.write(POLICY, policy);
    await testbed.run(["systemctl", "try-reload-or-restart", "helper.service"]);
  });

  test("loads without a warning", async () => {
    const { status, stdout } = await stage.testbed.run(["helperctl", "check", "--policy-only", POLICY], {
      check: false,
    });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining("1 rule; 0 errors, 0 warnings"),
    });
  });

  test("leaves the hub's own account out, which has no server", () => {
    expect(policy.replace(/\n# +/g, " ")).toMatch(
      /jupyter has uid \d+ here, (?:a system account|which is never)/,
    );
  });

  test("lets the hub start and stop that user's server, and nobody else's", async () => {
    const hub = await stage.connect(HUB);
    expect(await hub.result("start", { user: "zoe" })).toMatchObject({ activeState: "active" });
    for (const user of ["wash", "mallory", "jupyter", "root"]) {
      expect(await hub.error("start", { user })).toMatchObject({ data: { code: "denied" } });
    }
    expect(await hub.result("stop", { user: "zoe" })).toMatchObject({ activeState: "inactive" });
  });

  test("lets nobody else do so", async () => {
    const other = await stage.connect({ as: { uid: "mallory", gid: "mallory", groups: ["hub-helper"] } });
    expect(await other.error("start", { user: "zoe" })).toMatchObject({ data: { code: "denied" } });
  });
});

test("standard input does as well", async () => {
  const script = 'helperctl policy-from-sudoers - <"$1"';
  const { status, stdout } = await stage.testbed.run(["sh", "-c", script, "sh", SUDOERS]);
  expect(status).toBe(0);
  expect(stdout).toContain('target = { users = ["zoe"], min_uid = 1000 }');
});

test("whoever may not read the file is told so, and that root can", async () => {
  const { status, stdout, stderr } = await convert("mallory", SUDOERS);
  expect({ status, stdout }).toEqual({ status: 4, stdout: "" });
  expect(stderr).toBe(`helperctl: ${SUDOERS} cannot be read: only root can, or whoever may read the file.\n`);
});

test("whoever may read a file can convert it without being root", async () => {
  await stage.testbed.write("/srv/fragment", FILE);
  await stage.testbed.run(["chmod", "0644", "/srv/fragment"]);
  expect((await convert("mallory", "/srv/fragment")).status).toBe(0);
});

test("where cvtsudoers is missing, the package that has it is named", async () => {
  const { testbed } = stage;
  await testbed.run(["mv", "/usr/bin/cvtsudoers", "/usr/bin/cvtsudoers.away"]);
  try {
    const { status, stderr } = await convert("root", SUDOERS);
    expect(status).toBe(4);
    expect(stderr).toMatch(/cvtsudoers is not on this machine: install the package sudo/);
  } finally {
    await testbed.run(["mv", "/usr/bin/cvtsudoers.away", "/usr/bin/cvtsudoers"]);
  }
});
