import { join } from "node:path";
import type { Testbed } from "./testbed.ts";

/** What scripts/install needs of the project, built. */
const PARTS = [
  "dist",
  "docs",
  "examples",
  "scripts",
  "systemd",
  "package.json",
  "LICENSE",
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
];
/** Where it is put: within reach of every account, whatever the checkout's own place. */
const PROJECT = "/opt/hub-helper";

/**
 * Puts hub-helper's files into a testbed, to be installed from there.
 * @param project the root of a checkout that has been built
 */
export async function copyProject(testbed: Testbed, project: string): Promise<void> {
  await testbed.run(["mkdir", "-p", PROJECT]);
  for (const part of PARTS) await testbed.copyIn(join(project, part), `${PROJECT}/${part}`);
}

/** Installs hub-helper in a testbed as an admin would, with scripts/install; `project` as for copyProject. */
export async function installHelper(testbed: Testbed, project: string): Promise<void> {
  await copyProject(testbed, project);
  await testbed.run([`${PROJECT}/scripts/install`]);
}

/** Puts a policy in the place of the shipped one. */
export async function writePolicy(testbed: Testbed, policy: string): Promise<void> {
  await testbed.write("/etc/hub-helper/policy.toml", policy);
}
