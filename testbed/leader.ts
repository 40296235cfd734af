import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing } from "./missing.ts";

const POLL_INTERVAL_MS = 10;

/**
 * Waits until systemd-nspawn's child is PID 1 of the container, and gives its process id on the outside.
 * Before the child has executed systemd its root is not yet the container's. The kernel offers no event for this.
 */
export async function waitForLeader(nspawn: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    const leader = childrenOf(nspawn).find(isContainerInit);
    if (leader !== undefined) return leader;
    await delay(POLL_INTERVAL_MS, undefined, { signal });
  }
}

/** Needs a kernel with CONFIG_PROC_CHILDREN, as Debian's is. */
export function childrenOf(pid: number): number[] {
  return readProcess(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

function isContainerInit(pid: number): boolean {
  return readProcess(pid, "comm") === "systemd\n" && /^NSpid:(\t\d+)+\t1$/m.test(readProcess(pid, "status"));
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
