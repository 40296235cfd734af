import { existsSync, readdirSync, readFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findHierarchies } from "../../testbed/hierarchies.ts";
import { isMissing } from "../../testbed/missing.ts";

/** Everything on this machine that bears a testbed's name: cgroups, directories, processes in its groups or mounts. */
export function tracesOf(name: string): string[] {
  const groups = findHierarchies()
    .all.flatMap((tree) => [join(tree, name), join(tree, "machine.slice", `${name}.scope`)])
    .filter(existsSync);
  const directories = [join(tmpdir(), name), `/run/systemd/nspawn/propagate/${name}`].filter(existsSync);
  const processes = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && !isZombie(entry))
    .flatMap((pid) => [`/proc/${pid}/cgroup`, `/proc/${pid}/mountinfo`])
    .filter((file) => readIfThere(file).includes(name));
  return [...groups, ...directories, ...processes];
}

/** Dead already; PID 1 collects it in its own time. */
const isZombie = (pid: string): boolean => readIfThere(`/proc/${pid}/status`).includes("State:\tZ");

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // A zombie's mounts are EINVAL.
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "EINVAL") return "";
    throw error;
  }
}

/** Waits for the removal of a testbed's state directory, which is the last that goes. */
export async function stateRemoved(name: string): Promise<void> {
  const changes = watch(tmpdir(), { signal: AbortSignal.timeout(20_000) })[Symbol.asyncIterator]();
  while (existsSync(join(tmpdir(), name))) await changes.next();
  await changes.return?.();
}
