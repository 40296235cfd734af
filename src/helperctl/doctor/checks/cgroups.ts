import { readFile } from "node:fs/promises";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";

const CONTROLLERS = "/sys/fs/cgroup/cgroup.controllers";

/** What servers' units are limited by, and which controller does it. */
const LIMITS: Readonly<Record<string, string>> = {
  memory: "MemoryMax= and MemoryHigh=",
  pids: "TasksMax=",
  cpu: "CPUQuota= and CPUWeight=",
};

/** @param controllers null where it is not the unified hierarchy */
export function judgeControllers(controllers: readonly string[] | null): Finding[] {
  const note = (code: string, text: string): Finding => ({ code, severity: "note", text, mend: null });
  if (controllers === null) {
    const text =
      "this machine has no unified cgroup hierarchy: MemoryHigh= and what else needs it do nothing";
    return [note("cgroups-legacy", text)];
  }
  const missing = Object.entries(LIMITS).filter(([name]) => !controllers.includes(name));
  if (missing.length === 0) return [];
  const names = missing.map(([name]) => name).join(", ");
  const settings = missing.map(([, each]) => each).join(", ");
  const text = `the kernel has no controller for ${names} here: ${settings} of servers do nothing`;
  return [note("controllers-missing", text)];
}

async function readControllers(): Promise<string[] | null> {
  try {
    return (await readFile(CONTROLLERS, "utf8")).trim().split(" ");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export const cgroups: Check = {
  name: "cgroups",
  title: "cgroup controllers, which enforce the limits of servers",
  run: async () => judgeControllers(await readControllers()),
};
