import type { Handler } from "../call.ts";

/** Takes a target's staged credentials away. */
export const removeCredentials: Handler<"remove-credentials"> = ({ services, resolved }) => {
  const { unit } = resolved;
  return Promise.resolve({ unit, removed: services.store.remove(unit) });
};
