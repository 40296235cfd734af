import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Hierarchies } from "./hierarchies.ts";
import { isMissing } from "./missing.ts";
import { SWEEP_SCRIPT } from "./script.ts";

/** The prefix of every state directory, and so of every machine and every cgroup that a testbed makes. */
export const STATE_PREFIX = "hub-helper-testbed-";

/** A process id alone is used again after a while; with the start time it is not. See proc_pid_stat(5), field 22. */
function identify(pid: number | string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${pid} ${startTime ?? ""}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Marks a state directory as owned by this process. */
export function claim(state: string): void {
  writeFileSync(join(state, "owner"), identify(process.pid) ?? "");
}

function isAbandoned(state: string): boolean {
  try {
    const owner = readFileSync(join(state, "owner"), "utf8");
    return identify(owner.split(" ")[0] ?? "") !== owner;
  } catch (error) {
    // Just being made by another process, or just gone.
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Removes what testbeds left whose owner and warden were both killed. */
export async function sweepAbandoned({ all }: Hierarchies): Promise<void> {
  const states = readdirSync(tmpdir())
    .filter((name) => name.startsWith(STATE_PREFIX))
    .map((name) => join(tmpdir(), name))
    .filter(isAbandoned);
  for (const state of states) {
    const sweeper = spawn("bash", ["-c", SWEEP_SCRIPT, "sweep", basename(state), state, ...all], {
      stdio: "ignore",
    });
    await once(sweeper, "exit");
  }
}
