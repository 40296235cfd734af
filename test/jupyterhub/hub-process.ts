import type { Testbed } from "../../testbed/index.ts";

const HUB = "jupyterhub.service";
const PROMPTNESS_MS = 120_000;

/** A moment of the journal, to look for what comes after it. */
export type Moment = Date;

/** Resolves when the hub has logged such a line since then. */
export async function hubSays(testbed: Testbed, since: Moment, text: string): Promise<void> {
  const follow = testbed.followJournal({ unit: HUB, since, timeoutMs: PROMPTNESS_MS });
  for await (const { MESSAGE = "" } of follow) if (MESSAGE.includes(text)) return;
}

/** Kills the main process of a unit. */
export async function killMainProcess(testbed: Testbed, unit: string): Promise<void> {
  await testbed.run(["systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", unit]);
}

/** Kills the hub, has something done while systemd waits before it starts it again, and resolves when the next one serves. */
export async function killHub(testbed: Testbed, meanwhile?: () => Promise<void>): Promise<void> {
  const since = new Date();
  await killMainProcess(testbed, HUB);
  await meanwhile?.();
  await hubSays(testbed, since, "JupyterHub is now running");
}

/** Starts the hub again in an orderly way, and resolves when the next one serves. */
export async function restartHub(testbed: Testbed): Promise<void> {
  const since = new Date();
  await testbed.run(["systemctl", "restart", HUB], { timeoutMs: PROMPTNESS_MS });
  await hubSays(testbed, since, "JupyterHub is now running");
}
