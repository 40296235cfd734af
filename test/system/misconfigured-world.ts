import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Testbed } from "../../testbed/index.ts";
import { PROJECT, writeUnit } from "./world.ts";

const EXAMPLES = "systemd/examples";

/** Makes a world what the README leads to: a hub of its own unit and no login, and servers that take credentials. */
export async function followReadme(testbed: Testbed): Promise<void> {
  await testbed.run(["usermod", "--shell=/usr/sbin/nologin", "jupyter"]);
  const hub = await readFile(join(PROJECT, EXAMPLES, "hub.service"), "utf8");
  await testbed.write(
    "/etc/systemd/system/hub.service",
    hub.replace(/^ExecStart=.*$/m, "ExecStart=/bin/sleep infinity"),
  );
  for (const user of ["zoe", "wash"]) {
    await writeUnit(testbed, user, ["LoadCredential=hub:/run/hub-helper/credentials/%P@%I"]);
  }
  await testbed.run(["systemctl", "daemon-reload"]);
  await testbed.run(["systemctl", "enable", "--now", "hub.service"]);
}
