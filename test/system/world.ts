import { join, resolve } from "node:path";
import { escapeForUnit } from "../../src/units/escape.ts";
import { installHelper, Testbed, writePolicy } from "../../testbed/index.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");

/** Lines of `[limits]`, by name. */
export type LimitLines = Partial<Record<string, number>>;

export interface WorldOptions {
  readonly limits?: LimitLines;
  /** Appended to the policy. */
  readonly policy?: string;
  /** settle_ms of the template. */
  readonly settleMs?: number;
}

const toml = (limits: LimitLines): string =>
  Object.entries(limits)
    .map(([name, value]) => `${name} = ${String(value)}\n`)
    .join("");

/** The policy of most tests: the hub `jupyter` may do everything for the group `jupyterhub`. */
export const policyOf = ({ limits = {}, policy = "", settleMs = 0 }: WorldOptions): string => `version = 1

[limits]
${toml(limits)}
[template.singleuser]
default = true
unit = "jupyterhub-singleuser-{user}.service"
named_unit = "jupyterhub-singleuser-{user}@{server}.service"
run_as = "{user}"
settle_ms = ${settleMs}

[template.singleuser.credentials]
files = ["keyfile", "certfile", "cafile"]
env = ["JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL", "LANG"]
env_pinned = { JUPYTERHUB_USER = "{user}", JUPYTERHUB_SERVER_NAME = "{server}" }
max_bytes = 65536

[[allow]]
name = "hub"
peer = { user = "jupyter" }
methods = ["start", "stop", "reset-failed", "write-credentials", "remove-credentials", "status", "list", "watch"]
templates = ["singleuser"]
target = { group = "jupyterhub" }

${policy}`;

/** Accounts of the world: a hub, two of its users, and one that is none of its business. */
const ACCOUNTS = {
  jupyter: { system: true, groups: ["hub-helper"] },
  zoe: { groups: ["jupyterhub"] },
  wash: { groups: ["jupyterhub"] },
  mallory: {},
} as const;

/**
 * A booted testbed with hub-helper installed by scripts/install, its socket enabled, the accounts made, and polkit
 * stopped.
 */
export async function bootWorld(options: WorldOptions = {}): Promise<Testbed> {
  const testbed = await Testbed.boot();
  try {
    await testbed.run(["systemctl", "stop", "polkit.service"]);
    await testbed.run(["systemctl", "mask", "--runtime", "polkit.service"]);
    await installHelper(testbed, PROJECT);
    await testbed.addGroup("jupyterhub");
    for (const [name, account] of Object.entries(ACCOUNTS)) await testbed.addUser(name, account);
    await writePolicy(testbed, policyOf(options));
    await testbed.run(["systemctl", "enable", "--now", "helper.socket"]);
    return testbed;
  } catch (error) {
    await testbed.shutdown();
    throw error;
  }
}

/** A unit file for a user's server; `lines` go to `[Service]` and may add or override. */
export const unitFile = (user: string, lines: readonly string[] = [], unit: readonly string[] = []): string =>
  [
    "[Unit]",
    ...unit,
    "[Service]",
    "Type=exec",
    `User=${user}`,
    ...(lines.some((line) => line.startsWith("ExecStart=")) ? [] : ["ExecStart=/bin/sleep infinity"]),
    ...lines,
    "",
  ].join("\n");

/** Writes the unit of a user's default server. */
export async function writeUnit(
  testbed: Testbed,
  user: string,
  lines?: readonly string[],
  unit?: readonly string[],
): Promise<string> {
  const name = `jupyterhub-singleuser-${escapeForUnit(user)}.service`;
  await testbed.write(join("/etc/systemd/system", name), unitFile(user, lines, unit));
  return name;
}
