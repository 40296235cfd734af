import type { Testbed } from "../../testbed/index.ts";

export type AuditRecord = Readonly<Record<string, unknown>>;

/** What Node 20 and 22 say for themselves at each start without the JIT, before the helper has a say. */
const NODE_SAYS = "Warning: disabling flag --expose_wasm due to conflicting flags";

/** Every line of the helper's log, and that each is one whole JSON object. */
export async function logged(testbed: Testbed): Promise<AuditRecord[]> {
  const entries = await testbed.journal({ unit: "helper.service", match: ["_TRANSPORT=stdout"] });
  return entries
    .filter(({ MESSAGE }) => MESSAGE !== NODE_SAYS)
    .map(({ MESSAGE = "" }) => JSON.parse(MESSAGE) as AuditRecord);
}

/** The audit records, oldest first. */
export const audited = async (testbed: Testbed): Promise<AuditRecord[]> =>
  (await logged(testbed)).filter(({ event }) => event === "audit");
