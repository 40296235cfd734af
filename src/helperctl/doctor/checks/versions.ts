import { realpath } from "node:fs/promises";
import { release } from "node:os";
import type { Policy } from "../../../policy/types.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { nodeOf } from "../exec-start.ts";
import { HELPER_SERVICE } from "../names.ts";
import { isOlder, KERNEL_WITH_PIDFDS, numbersOf } from "../../version-numbers.ts";

export interface Versions {
  /** As each calls itself. */
  readonly systemd: string;
  readonly kernel: string;
  readonly node: string;
}

const LEAST_SYSTEMD = 250;
/** LoadCredential= takes a directory from here on. */
const SYSTEMD_WITH_SETS = 251;
const LEAST_NODE = [20, 19] as const;

const finding = (code: string, severity: Finding["severity"], text: string): Finding => ({
  code,
  severity,
  text,
  mend: null,
});

/** @param policy null where it does not load */
export function judgeVersions({ systemd, kernel, node }: Versions, policy: Policy | null): Finding[] {
  const findings: Finding[] = [];
  const [major = 0] = numbersOf(systemd);
  const hasCredentials = [...(policy?.templates.values() ?? [])].some(
    ({ credentials }) => credentials !== null,
  );
  if (major < LEAST_SYSTEMD) {
    const text = `systemd is ${major}: the helper needs ${LEAST_SYSTEMD} or later; take a newer release of the distribution`;
    findings.push(finding("systemd-old", "error", text));
  } else if (major < SYSTEMD_WITH_SETS) {
    const text = `systemd is ${major}: LoadCredential= takes no directory before ${SYSTEMD_WITH_SETS}, so units have to name each credential`;
    findings.push(finding("systemd-old", hasCredentials ? "warning" : "note", text));
  }
  // Where a rule does ask for the unit, loading the policy warns of that very rule.
  const asksForUnit = policy?.rules.some(({ peer }) => peer.unit !== null) ?? false;
  if (isOlder(numbersOf(kernel), KERNEL_WITH_PIDFDS) && !asksForUnit) {
    const text = `Linux is ${kernel}: a rule that asks for the unit of a peer would match nobody before 6.5`;
    findings.push(finding("kernel-old", "note", text));
  }
  if (isOlder(numbersOf(node), LEAST_NODE)) {
    const text = `the helper runs with Node ${node}: it needs ${LEAST_NODE.join(".")} or later; install that, and run scripts/install again in the sources`;
    findings.push(finding("node-old", "error", text));
  }
  return findings;
}

/** Whoever asks runs on the same Node as the helper, unless somebody has changed one of the two. */
async function versionOfNode({ machine }: Context, service: UnitProperties | null): Promise<string> {
  const node = service === null ? null : nodeOf(service);
  const isOurs = node === null || (await realpath(node).catch(() => node)) === process.execPath;
  if (isOurs) return process.version;
  const { stdout } = await machine.run([node, "--version"]);
  return stdout.trim();
}

export const versions: Check = {
  name: "versions",
  title: "systemd, the kernel and Node: whether they are new enough",
  run: async (context) => {
    const [systemd, service, { policy }] = await Promise.all([
      context.machine.systemd.managerProperty("Version"),
      context.unit(HELPER_SERVICE),
      context.checked(),
    ]);
    const node = await versionOfNode(context, service);
    return judgeVersions({ systemd: String(systemd), kernel: release(), node }, policy);
  },
};
