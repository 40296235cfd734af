import { join, resolve } from "node:path";
import { escapeForUnit } from "../../src/units/escape.ts";
import { Testbed, writePolicy } from "../../testbed/index.ts";
import { prepareWorld } from "../support/kinds.ts";
import { hasKeeper, takeMachine } from "../support/machines.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");

/** Lines of `[limits]`, by name. */
export type LimitLines = Partial<Record<string, number>>;

export interface WorldOptions {
  readonly limits?: LimitLines;
  /** Appended to the policy. */
  readonly policy?: string;
  /** settle_ms of the template. */
  readonly settleMs?: number;
  /** A machine of its own, for what cannot be undone: the end of the bus or of the journal, a full disk. */
  readonly alone?: boolean;
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

/**
 * A testbed with hub-helper installed by scripts/install, its socket enabled, the accounts made, and polkit stopped:
 * shared with other files of tests, and as good as new.
 */
export async function bootWorld(options: WorldOptions = {}): Promise<Testbed> {
  const testbed = options.alone || !hasKeeper() ? await bootAlone() : await takeMachine("world");
  try {
    await writePolicy(testbed, policyOf(options));
    await testbed.run(["systemctl", "enable", "--now", "helper.socket"]);
    return testbed;
  } catch (error) {
    await testbed.shutdown();
    throw error;
  }
}

async function bootAlone(): Promise<Testbed> {
  const testbed = await Testbed.boot();
  try {
    await prepareWorld(testbed, PROJECT);
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
    ...(lines.some((line) => line.startsWith("OOMPolicy=")) ? [] : ["OOMPolicy=continue"]),
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
