import { readFile } from "node:fs/promises";
import { release } from "node:os";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";

/** What the units need: LoadCredential= and ExecPaths= as they are used there. */
const LEAST_SYSTEMD = 250;
/** LoadCredential= of a directory. */
const WHOLE_SYSTEMD = 251;
/** SO_PEERPIDFD. */
const WHOLE_KERNEL: readonly [number, number] = [6, 5];

export function judgeSystemd(version: string): Finding[] {
  const number = Number(/^\d+/.exec(version)?.[0] ?? NaN);
  if (number >= WHOLE_SYSTEMD) return [];
  const isTooOld = !(number >= LEAST_SYSTEMD);
  const text = isTooOld
    ? `systemd is ${version}; the helper needs ${LEAST_SYSTEMD} or later`
    : `systemd is ${version}: LoadCredential= of a directory came with ${WHOLE_SYSTEMD}, so units must name each credential`;
  return [{ code: "systemd-old", severity: isTooOld ? "error" : "warning", text, mend: null }];
}

/** Where a rule asks for a unit, loading the policy warns of it as well. */
export function judgeKernel(version: string): Finding[] {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  if (major > WHOLE_KERNEL[0] || (major === WHOLE_KERNEL[0] && minor >= WHOLE_KERNEL[1])) return [];
  const text = `Linux is ${version}: rules that ask for the peer's unit match nobody before ${WHOLE_KERNEL.join(".")}`;
  return [{ code: "kernel-old", severity: "note", text, mend: null }];
}

const LIMITS: readonly (readonly [string, string])[] = [
  ["memory", "MemoryMax= and MemoryHigh="],
  ["pids", "TasksMax="],
  ["cpu", "CPUQuota= and CPUWeight="],
];

/** @param controllers cgroup.controllers at the root; null: there is no unified hierarchy */
export function judgeControllers(controllers: string | null): Finding[] {
  const there = new Set((controllers ?? "").trim().split(/\s+/));
  const idle = LIMITS.filter(([name]) => !there.has(name)).map(([, settings]) => settings);
  if (idle.length === 0) return [];
  const text = `this machine's control groups do not enforce ${idle.join(", ")}: limits of servers are accepted and do nothing`;
  return [{ code: "limits-idle", severity: "note", text, mend: null }];
}

async function controllers(): Promise<string | null> {
  try {
    return await readFile("/sys/fs/cgroup/cgroup.controllers", "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** What this machine is, and what that lacks. */
export const versions: Check = {
  name: "versions",
  title: "systemd, kernel and control groups",
  async run({ machine }) {
    const version = String(await machine.systemd.managerProperty("Version"));
    return [...judgeSystemd(version), ...judgeKernel(release()), ...judgeControllers(await controllers())];
  },
};
