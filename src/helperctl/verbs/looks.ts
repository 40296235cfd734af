import { DeniedError } from "../../client/error-classes.ts";
import type { Target } from "../../client/types.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import type { Asker } from "../command.ts";

const unlessDenied = <T>(instead: T) => {
  return (error: unknown): T => {
    if (error instanceof DeniedError) return instead;
    throw error;
  };
};

/** How a server is now. */
export type Look = () => Promise<UnitState>;

/** A way to look at a server; null where the policy has none. Trying it out would leave a refusal in the log. */
export async function lookAt(client: Asker, target: Target): Promise<Look | null> {
  const description = await client.describe().catch(unlessDenied(null));
  return description?.methods.includes("status") ? () => client.status(target) : null;
}

/** Where a server stands, in systemd's words. It is a courtesy: where it fails, it says nothing. */
export const standing = (look: Look): Promise<string | null> =>
  look().then(
    ({ activeState, subState }) => `${activeState} (${subState})`,
    () => null,
  );

/** How a server is before it is changed. Null: the caller may look at others, and not at this one. */
export const stateBefore = (look: Look): Promise<UnitState | null> => look().catch(unlessDenied(null));
