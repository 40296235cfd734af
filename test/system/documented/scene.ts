import { join } from "node:path";
import { installHelper, Testbed, writePolicy } from "../../../testbed/index.ts";
import { PROJECT } from "../world.ts";
import { fencesOf, read } from "../../docs/markdown.ts";

const EXAMPLES = "/usr/share/doc/hub-helper/examples";
const UNITS = "/etc/systemd/system";

/** A hub that serves two servers of zoe's, one of wash's that does not start, and none of mallory's, and then rests. */
const HUB = `#!/usr/bin/python3 -B
import json, pathlib, signal, socket

helper = socket.socket(socket.AF_UNIX)
helper.connect("/run/hub-helper/helper.sock")
lines = helper.makefile("rw")

def call(method, id, **params):
    lines.write(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\\n")
    lines.flush()
    return json.loads(lines.readline())

for number, (user, server) in enumerate([("zoe", ""), ("zoe", "gpu"), ("wash", ""), ("mallory", "")]):
    call("write-credentials", f"login-{number}", user=user, server=server, env={"JUPYTERHUB_API_TOKEN": "s3cret"})
    call("start", f"login-{number}", user=user, server=server)
pathlib.Path("/var/lib/jupyterhub/ready").touch()
signal.pause()
`;

/** It says nothing: whether its own words or systemd's came first would be chance. */
const SERVER = `#!/bin/sh
exec sleep infinity
`;

/** Draws the example's picture: what docs/helperctl.md shows is typed in this world. */
export async function bootScene(): Promise<Testbed> {
  const testbed = await Testbed.boot();
  try {
    await testbed.run(["systemctl", "stop", "polkit.service"]);
    await installHelper(testbed, PROJECT);
    for (const group of ["jupyterhub"]) await testbed.addGroup(group);
    await testbed.run([
      "useradd",
      "--system",
      "--shell=/usr/sbin/nologin",
      "--home-dir=/var/lib/jupyterhub",
      "jupyter",
    ]);
    await testbed.addUser("ada", { groups: ["adm", "hub-helper"] });
    for (const user of ["zoe", "wash"]) await testbed.addUser(user, { groups: ["jupyterhub"] });
    await testbed.addUser("mallory");
    await writePolicy(testbed, policyOfTheExamples());
    await writeFiles(testbed);
    await testbed.run(["systemctl", "enable", "--now", "helper.socket"]);
    await testbed.run(["systemctl", "enable", "--now", "hub.service"]);
    await testbed.run(["sh", "-c", "until [ -e /var/lib/jupyterhub/ready ]; do sleep 0.05; done"]);
    return testbed;
  } catch (error) {
    await testbed.shutdown();
    throw error;
  }
}

/** The policy that the page itself shows. */
function policyOfTheExamples(): string {
  const [policy] = fencesOf(read("docs/helperctl.md")).filter(({ language }) => language === "toml");
  if (policy === undefined) throw new Error("docs/helperctl.md shows no policy");
  return policy.body;
}

async function writeFiles(testbed: Testbed): Promise<void> {
  await testbed.write("/opt/jupyterhub/bin/jupyterhub", HUB, { mode: "755" });
  await testbed.write("/opt/jupyterhub/bin/jupyterhub-singleuser", SERVER, { mode: "755" });
  await testbed.run([
    "sh",
    "-c",
    `cp -r ${EXAMPLES}/jupyterhub-singleuser* ${EXAMPLES}/hub.service ${UNITS}`,
  ]);
  // The hub's unit waits for the network, and this container never gets one.
  await testbed.run(["systemctl", "mask", "--runtime", "network-online.target"]);
  await testbed.run([`${EXAMPLES}/add-user-units`, "zoe", "wash"]);
  const broken = "[Service]\nExecStart=\nExecStart=/opt/jupyterhub/bin/no-such-program\nRestart=no\n";
  await testbed.write(join(UNITS, "jupyterhub-singleuser-wash.service.d/50-program.conf"), broken);
  const draft = policyOfTheExamples()
    .replace('group = "jupyterhub"', 'group = "jupyterhub", min_uid = 100')
    .replace('"remove-credentials", ', '"remove-credential", ');
  await testbed.write("/root/draft/policy.toml", draft);
  await testbed.write("/root/sudoers.d/jupyterhub", SUDOERS);
}

const SUDOERS = `Runas_Alias JUPYTER_USERS = zoe, wash
Cmnd_Alias JUPYTER_CMD = /usr/local/bin/sudospawner
jupyter ALL=(JUPYTER_USERS) NOPASSWD:JUPYTER_CMD
jupyter ALL=(root) NOPASSWD:/usr/sbin/useradd
`;
