import { on } from "node:events";
import { readdirSync, watch } from "node:fs";

/** Resolves when a directory has no entry of that name, or not any more. */
export async function untilGone(directory: string, name: string, signal: AbortSignal): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, "change", { signal });
    while (readdirSync(directory).includes(name)) await changes.next();
  } finally {
    watcher.close();
  }
}
