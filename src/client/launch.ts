import type { UnitState } from "../protocol/unit-state.ts";
import type { HelperClient } from "./client.ts";
import type { CallOptions, Credentials, Target } from "./types.ts";

type Steps = Pick<HelperClient, "writeCredentials" | "status" | "resetFailed" | "start">;

/**
 * Credentials first: systemd reads them when the unit starts. The state is looked at after that, as late as can
 * be, and a failed unit is reset only then: a reset clears its start limit, which `start` alone would run into.
 */
export async function launch(
  client: Steps,
  target: Target,
  credentials: Credentials | undefined,
  options: CallOptions,
): Promise<UnitState> {
  const each = { ...options, timeoutMs: undefined };
  if (credentials !== undefined) await client.writeCredentials(target, credentials, each);
  const { activeState } = await client.status(target, each);
  if (activeState === "failed") await client.resetFailed(target, each);
  return client.start(target, options);
}
