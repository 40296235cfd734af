import type { Testbed } from "../../testbed/index.ts";
import { unitFile } from "./world.ts";

/** Writes the template of a user's named servers; `lines` go to [Service]. */
export async function writeNamedUnit(
  testbed: Testbed,
  user: string,
  lines?: readonly string[],
): Promise<void> {
  await testbed.write(`/etc/systemd/system/jupyterhub-singleuser-${user}@.service`, unitFile(user, lines));
}

/** Names for servers, all different: `s0`, `s1` ... */
export const serverNames = (count: number): string[] => Array.from({ length: count }, (_, at) => `s${at}`);

export const namedUnit = (user: string, server: string): string =>
  `jupyterhub-singleuser-${user}@${server}.service`;

/** The main processes of a user's named servers that are active, by name of the unit. */
export async function mainPids(testbed: Testbed, user: string): Promise<Map<string, string>> {
  const { stdout } = await testbed.run([
    "systemctl",
    "show",
    "--property=Id,MainPID",
    "--state=active",
    `jupyterhub-singleuser-${user}@*.service`,
  ]);
  const pairs = stdout.split("\n\n").map((block) => {
    const [, pid = "", id = ""] = /MainPID=([0-9]+)\n(?:.*\n)*?Id=(.*)/.exec(block) ?? [];
    return [id.trim(), pid] as const;
  });
  return new Map(pairs.filter(([id]) => id !== ""));
}

/** Ends all of a user's named servers, by systemd's own means. */
export async function stopAll(testbed: Testbed, user: string): Promise<void> {
  await testbed.run(["systemctl", "stop", `jupyterhub-singleuser-${user}@*.service`]);
}
