import { join } from "node:path";
import type { Testbed } from "../testbed/index.ts";
import { BYSTANDER, HUB_UNIT } from "./stage.ts";

const EXAMPLES = "/usr/share/doc/hub-helper/examples";
const UNITS = "/etc/systemd/system";
const PROGRAMS = "/opt/demo-hub";

const service = (...lines: readonly string[]): string => ["[Service]", ...lines, ""].join("\n");

/** What the shipped examples leave to the admin: which programs run. An empty ExecStart= forgets the example's own. */
const FILES: Readonly<Record<string, string>> = {
  [`${HUB_UNIT}.d/50-demo.conf`]: service(
    "ExecStart=",
    `ExecStart=node ${PROGRAMS}/demo-hub.mjs`,
    "RuntimeDirectory=demo-hub",
    "RuntimeDirectoryMode=0700",
  ),
  "jupyterhub-singleuser-.service.d/50-demo.conf": service(
    "ExecStart=",
    `ExecStart=/usr/lib/hub-helper/exec-with-credentials node ${PROGRAMS}/server.mjs`,
  ),
  "jupyterhub-singleuser-wash.service.d/60-broken.conf": service(
    "ExecStart=",
    "ExecStart=/opt/demo-hub/no-such-program",
  ),
  [BYSTANDER]: service("ExecStart=/bin/sleep infinity"),
};

/** Installs the shipped example units, as their README tells an admin to. */
export async function writeUnits(testbed: Testbed, project: string): Promise<void> {
  await testbed.copyIn(join(project, "dist/demo-hub.mjs"), `${PROGRAMS}/demo-hub.mjs`);
  await testbed.copyIn(join(project, "examples/hub/server.mjs"), `${PROGRAMS}/server.mjs`);
  const copy = `cp -r ${EXAMPLES}/jupyterhub-singleuser* ${UNITS} && cp ${EXAMPLES}/hub.service ${UNITS}/${HUB_UNIT}`;
  await testbed.run(["sh", "-c", copy]);
  for (const [file, content] of Object.entries(FILES)) await testbed.write(join(UNITS, file), content);
  // The hub's unit waits for the network, and this container never gets one.
  await testbed.run(["systemctl", "mask", "--runtime", "network-online.target"]);
  await testbed.run([`${EXAMPLES}/add-user-units`, "zoe", "wash"]);
}
