import { installHelper, writePolicy, type Testbed } from "../../testbed/index.ts";
import { expectSame, expectTrue } from "../check.ts";
import { CHANGED, demoPolicy } from "../policy.ts";
import { commandLines } from "../process-status.ts";
import { HELPER_UNIT, PROJECT, type Cast, type Stage } from "../stage.ts";
import { isActive } from "../unit.ts";
import { writeUnits } from "../write-units.ts";

const HELPER_PROGRAM = "/usr/lib/hub-helper/helper.mjs";

export const isHelperRunning = (testbed: Testbed): boolean =>
  commandLines(testbed).some((line) => line.includes(HELPER_PROGRAM));

const FIND_SETUID_WAYS = "for name in sudo pkexec doas; do command -v $name; done; true";

async function removePolkitAndSudo(testbed: Testbed): Promise<void> {
  await testbed.run(["systemctl", "mask", "--runtime", "--now", "polkit.service"]);
  expectSame("polkit's being active", await isActive(testbed, "polkit.service"), false);
  await testbed.run(["sh", "-c", `rm -f $(${FIND_SETUID_WAYS})`]);
  const { stdout } = await testbed.run(["sh", "-c", FIND_SETUID_WAYS]);
  expectSame("what is left of sudo and its like", stdout, "");
}

async function uidOf(testbed: Testbed, account: string): Promise<number> {
  return Number((await testbed.run(["id", "--user", account])).stdout);
}

async function addAccounts(testbed: Testbed): Promise<Cast> {
  await testbed.addGroup("jupyterhub");
  await testbed.addUser("jupyter", { system: true });
  // Whoever could log in as the hub's account could do what the hub may.
  await testbed.run(["usermod", "--shell=/usr/sbin/nologin", "jupyter"]);
  for (const user of ["zoe", "wash"]) await testbed.addUser(user, { groups: ["jupyterhub"] });
  await testbed.addUser("mallory");
  const [jupyter, zoe, wash, mallory] = await Promise.all(
    (["jupyter", "zoe", "wash", "mallory"] as const).map((account) => uidOf(testbed, account)),
  );
  expectTrue(jupyter !== undefined && zoe !== undefined, "accounts are missing");
  return { jupyter, zoe, wash: wash ?? NaN, mallory: mallory ?? NaN };
}

/** What an admin does once. */
export async function prepare({ testbed, report }: Stage): Promise<Cast> {
  await report.step("polkit is stopped in it, and there is no sudo", () => removePolkitAndSudo(testbed));
  await report.step("scripts/install has put hub-helper in its place", () => installHelper(testbed, PROJECT));
  const cast = await report.step("it has four accounts", async (note) => {
    const { jupyter, zoe, wash, mallory } = await addAccounts(testbed);
    note(`jupyter (uid ${jupyter}) is the hub: a system account like any other`);
    note(`in the group jupyterhub: zoe (${zoe}) and wash (${wash}), but not mallory (${mallory})`);
    return { jupyter, zoe, wash, mallory };
  });
  await report.step("the policy is the shipped example, and so are the units", async (note) => {
    await writePolicy(testbed, demoPolicy(await testbed.read("/etc/hub-helper/policy.toml")));
    await writeUnits(testbed, PROJECT);
    note(`but for ${CHANGED}, so that nobody waits`);
    note("drop-ins of the units say which programs run, as an admin would");
  });
  await report.step(
    "helperctl check finds no error in the policy, or in the units behind it",
    async (note) => {
      note((await testbed.run(["helperctl", "check"])).stdout.trim());
    },
  );
  report.chapter("While nobody asks", ["helper.socket", HELPER_UNIT]);
  await report.step("systemd listens on the helper's socket, and no helper runs", async (note) => {
    await testbed.run(["systemctl", "enable", "--now", "helper.socket"]);
    const { stdout } = await testbed.run(["stat", "--format=%A %U:%G %n", "/run/hub-helper/helper.sock"]);
    expectSame("the socket", stdout.trim(), "srw-rw---- root:hub-helper /run/hub-helper/helper.sock");
    expectSame("the helper's running", isHelperRunning(testbed), false);
    note(stdout.trim());
  });
  return cast;
}
