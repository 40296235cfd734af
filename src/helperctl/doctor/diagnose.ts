import { BusUnavailable } from "../../helper/systemd/bus-errors.ts";
import type { Finding } from "../finding.ts";
import type { Check } from "./check.ts";
import { CHECKS } from "./checks.ts";
import type { Context } from "./context.ts";

/** Why something was not looked at, or only in part: only root can see it, or systemd cannot be asked. */
export type Hindrance = "root" | "bus";

/** What came of one check. */
export interface Diagnosis {
  readonly check: Pick<Check, "name" | "title">;
  readonly findings: readonly Finding[];
  /** Null: all of it was seen. */
  readonly hindrance: Hindrance | null;
}

/** What the check of the policy says where it could not see the units. The check of the bus says it for all. */
const UNITS_UNSEEN = "units-unseen";

const failed = (error: unknown): Finding => ({
  code: "check-failed",
  severity: "warning",
  text: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
  mend: null,
});

async function examine(check: Check, context: Context): Promise<Diagnosis> {
  if (check.isRootOnly && !context.isRoot) return { check, findings: [], hindrance: "root" };
  try {
    const found = await check.run(context);
    const findings = found.filter(({ code }) => code !== UNITS_UNSEEN);
    return { check, findings, hindrance: findings.length < found.length ? "bus" : null };
  } catch (error) {
    if (error instanceof BusUnavailable) return { check, findings: [], hindrance: "bus" };
    return { check, findings: [failed(error)], hindrance: null };
  }
}

/** Looks at everything at the same time. One check that fails takes nothing from the others. */
export const diagnose = (context: Context, checks: readonly Check[] = CHECKS): Promise<Diagnosis[]> =>
  Promise.all(checks.map((check) => examine(check, context)));
