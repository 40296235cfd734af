import { DeniedError } from "../../client/error-classes.ts";
import type { Target } from "../../client/types.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import type { Asker } from "../command.ts";

/** What the caller may look at while something is done: only what the policy says is asked for, or each try would be logged as a refusal. */
export interface Looks {
  readonly status: boolean;
  readonly watch: boolean;
}

const NONE: Looks = { status: false, watch: false };

const unlessDenied = <T>(instead: T) => {
  return (error: unknown): T => {
    if (error instanceof DeniedError) return instead;
    throw error;
  };
};

export async function looksOf(client: Asker): Promise<Looks> {
  const description = await client.describe().catch(unlessDenied(null));
  if (description === null) return NONE;
  const { methods } = description;
  return { status: methods.includes("status"), watch: methods.includes("watch") };
}

/** How a server is now; null where the caller may not know. */
export const lookAt = (client: Asker, target: Target): Promise<UnitState | null> =>
  client.status(target).catch(unlessDenied(null));

/** Follows a server in the background until the signal, and tells its state so far. It is a courtesy: failing, it tells nothing. */
export function followState(client: Asker, target: Target, signal: AbortSignal): () => string | null {
  let latest: UnitState | null = null;
  const follow = async (): Promise<void> => {
    const filter = { user: target.user, template: target.template };
    for await (const event of client.watch(filter, { signal })) {
      const units = event.type === "snapshot" ? event.units : [event.unit];
      latest = units.find(({ server }) => server === (target.server ?? "")) ?? latest;
    }
  };
  follow().catch(() => (latest = null));
  return () => latest && `${latest.activeState} (${latest.subState})`;
}
