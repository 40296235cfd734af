import { join } from "node:path";
import type { Testbed } from "../../testbed/index.ts";
import { callHub } from "../../test/jupyterhub/hub-api.ts";
import { runLightServers } from "../../test/jupyterhub/light-server.ts";
import { ADMIN_TOKEN, hubServes, PROJECT, startHub } from "../../test/jupyterhub/world.ts";

const PROGRAM = "/opt/bench/log-in-together.mjs";
/** A hub with uid 0, as systemdspawner needs it, with the same proxy in front and a database of its own. */
// After pam.conf, whose line of the filter would otherwise be all of the filter.
const ROOT_HUB = "jupyterhub.service.d/zz-root.conf";

export interface LogIn {
  readonly user: string;
  /** From the request to the hub's "ready"; absent where the server did not become so. */
  readonly ms?: number;
  readonly failure?: string;
}

export interface Spread {
  readonly median: number;
  readonly slowest: number;
}

export const classOf = (size: number): string[] => Array.from({ length: size }, (_, n) => `student${n + 1}`);

/** Servers that are small, so that what is measured is the way to them. Call before the first hub starts. */
export async function prepareClass(testbed: Testbed): Promise<void> {
  await runLightServers(testbed, "jupyterhub-singleuser-.service");
  await testbed.copyIn(join(PROJECT, "bench/jupyterhub/log-in-together.mjs"), PROGRAM);
}

/** All of a class at the same moment, through the hub's API; then all servers are stopped again. */
export async function logInTogether(testbed: Testbed, users: readonly string[]): Promise<LogIn[]> {
  await callHub(testbed, "POST", "/users", { body: { usernames: users } });
  const argv = ["node", PROGRAM, "http://127.0.0.1", ADMIN_TOKEN, ...users];
  const { stdout } = await testbed.run(argv, { timeoutMs: 240_000 });
  return JSON.parse(stdout) as LogIn[];
}

/** Puts a hub that is root, with systemdspawner, in the place of the other, whose servers run on. */
export async function becomeRootHub(testbed: Testbed): Promise<void> {
  await testbed.run(["systemctl", "stop", "jupyterhub.service"]);
  const config = `
c.JupyterHub.db_url = "sqlite:///root.sqlite"
c.JupyterHub.spawner_class = "systemd"
c.Spawner.cmd = ["/usr/bin/python3", "/opt/light/server.py"]
c.Spawner.args = ["root-hub"]
c.SystemdSpawner.unit_name_template = "root-hub-{USERNAME}-singleuser"
`;
  await testbed.run(["sh", "-c", 'cat >>"$1"', "append", "/etc/jupyterhub/jupyterhub_config.py"], {
    input: config,
  });
  await testbed.write(
    `/etc/systemd/system/${ROOT_HUB}`,
    `[Service]
User=root
Group=root
CapabilityBoundingSet=~
NoNewPrivileges=no
RestrictSUIDSGID=no
ProtectSystem=no
ProtectHome=no
PrivateTmp=no
SystemCallFilter=
RestrictNamespaces=no
MemoryDenyWriteExecute=no
`,
  );
  await testbed.run(["systemctl", "daemon-reload"]);
  await startHub(testbed);
  await hubServes(testbed);
}

export function spreadOf(logIns: readonly LogIn[]): Spread {
  const times = logIns.map(({ ms }) => ms ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)] ?? 0, slowest: times.at(-1) ?? 0 };
}
