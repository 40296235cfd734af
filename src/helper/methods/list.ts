import type { Handler } from "../call.ts";
import { parseFilter } from "../filter.ts";
import { listVisible } from "../visible-units.ts";

/** Lists what of the policy's units the peer may see. */
export const list: Handler<"list"> = async ({ services, policy, subscriber }, { template, user }) => ({
  units: await listVisible(services, policy, subscriber, "list", parseFilter(template, user)),
});
