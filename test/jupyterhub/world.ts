import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { imageInUse, installHelper, Testbed, writePolicy } from "../../testbed/index.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");
const EXAMPLES = "/usr/share/doc/hub-helper/examples";
const UNITS = "/etc/systemd/system";
/** What scripts/prepare-jupyterhub makes. */
const WHEEL = join(PROJECT, "node_modules/.jupyterhub/wheel");
const WHEELS = "/opt/wheel";
export const PASSWORD = "serenity in the black";
/** Of a service of the hub's that may do everything, for tests that go through its API. */
export const ADMIN_TOKEN = "0123456789abcdef0123456789abcdef";

const ADMIN = `
c.JupyterHub.services = [{"name": "tests", "api_token": "${ADMIN_TOKEN}", "admin": True}]
`;

export interface WorldOptions {
  /** Which tree of scripts/prepare-jupyterhub stands at /opt/jupyterhub; "6" if not given. */
  readonly version?: string;
  /** Accounts that may have servers, with a password and units; zoe and wash if not given. */
  readonly users?: readonly string[];
  /** Lines for jupyterhub_config.py. */
  readonly config?: string;
  /** Changes the policy, which is the shipped example as it stands. */
  readonly policy?: (shipped: string) => string;
  /** What else an admin does before the hub starts for the first time. */
  readonly prepare?: (testbed: Testbed) => Promise<void>;
}

/** The shipped policy with its comment signs taken off, as the guide says. */
const shippedPolicy = async (): Promise<string> =>
  (await readFile(join(PROJECT, "systemd/policy.toml"), "utf8")).replaceAll(/^# /gm, "");

/** The tree of a version of JupyterHub, made with the Python of the image in use. */
export const treeOf = (version: string): string =>
  execFileSync(join(PROJECT, "scripts/jupyterhub-tree"), [imageInUse(), version], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();

/** The steps of the guide, docs/jupyterhub.md, up to the start of the hub. guide.test.ts types them as they stand there. */
export async function bootJupyterHub(options: WorldOptions = {}): Promise<Testbed> {
  const { version = "6", users = ["zoe", "wash"], config = "", policy = (text: string) => text } = options;
  const testbed = await Testbed.boot({ layers: { "/opt/jupyterhub": treeOf(version) } });
  try {
    await testbed.run(["systemctl", "mask", "--runtime", "--now", "polkit.service"]);
    await installHelper(testbed, PROJECT);
    await installSpawner(testbed);
    await testbed.addGroup("jupyterhub");
    await testbed.addUser("jupyter", { system: true });
    await writePolicy(testbed, policy(await shippedPolicy()));
    await testbed.run([
      "sh",
      "-c",
      `cd ${EXAMPLES} && cp -r jupyterhub-singleuser* jupyterhub/*.service* ${UNITS}`,
    ]);
    for (const user of users) await addJupyterUser(testbed, user);
    await writeSecrets(testbed);
    await configureHub(testbed, config);
    await options.prepare?.(testbed);
    await testbed.run(["systemctl", "daemon-reload"]);
    await testbed.run(["systemctl", "enable", "--now", "helper.socket"]);
    return testbed;
  } catch (error) {
    await testbed.shutdown();
    throw error;
  }
}

/** The wheel that scripts/prepare-jupyterhub has built. */
export async function installSpawner(testbed: Testbed): Promise<void> {
  await testbed.copyIn(WHEEL, WHEELS);
  const install = `/opt/jupyterhub/bin/pip install --quiet --no-index --no-deps ${WHEELS}/*.whl`;
  await testbed.run(["sh", "-c", install]);
}

/** An account with a password, which may have servers, and its units. */
export async function addJupyterUser(testbed: Testbed, user: string): Promise<void> {
  await testbed.addUser(user, { groups: ["jupyterhub"] });
  await giveServers(testbed, user);
}

/** A password and the units, for an account that is there. */
export async function giveServers(testbed: Testbed, user: string): Promise<void> {
  await testbed.run(["chpasswd"], { input: `${user}:${PASSWORD}\n` });
  await testbed.run([`${EXAMPLES}/add-user-units`, user]);
}

async function writeSecrets(testbed: Testbed): Promise<void> {
  const make = `umask 077 && mkdir -p /etc/jupyterhub/credentials && cd /etc/jupyterhub/credentials &&
    for name in proxy_auth_token cookie_secret; do
      head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >$name
    done && chmod 755 /etc/jupyterhub`;
  await testbed.run(["sh", "-c", make]);
}

/** The example configuration, with an admin service and what a test adds. */
export async function configureHub(testbed: Testbed, config: string): Promise<void> {
  const shipped = await readFile(join(PROJECT, "systemd/examples/jupyterhub/jupyterhub_config.py"), "utf8");
  await testbed.write("/etc/jupyterhub/jupyterhub_config.py", shipped + ADMIN + config);
}

/** Starts the hub, and resolves when it serves. */
export async function startHub(testbed: Testbed): Promise<void> {
  await testbed.run(["systemctl", "start", "jupyterhub.service"]);
  await hubServes(testbed);
}

/** Resolves when the hub process that systemd now knows has said that it serves. */
export async function hubServes(testbed: Testbed): Promise<void> {
  const { stdout } = await testbed.run([
    "systemctl",
    "show",
    "--value",
    "--property=InvocationID",
    "jupyterhub.service",
  ]);
  const follow = testbed.followJournal({
    match: [`_SYSTEMD_INVOCATION_ID=${stdout.trim()}`],
    timeoutMs: 90_000,
  });
  try {
    for await (const entry of follow) if (entry["MESSAGE"]?.includes("JupyterHub is now running")) return;
  } catch (error) {
    const argv = [
      "journalctl",
      "--unit=jupyterhub.service",
      "--lines=40",
      "--no-pager",
      "--output=short-precise",
    ];
    throw new Error(`The hub does not serve:\n${(await testbed.run(argv)).stdout}`, { cause: error });
  }
}
