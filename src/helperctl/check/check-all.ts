import { loadPolicy } from "../../policy/load.ts";
import { PolicyError } from "../../policy/problem.ts";
import type { PolicyPaths } from "../../policy/read-files.ts";
import type { Policy } from "../../policy/types.ts";
import type { PolicyGround } from "../command.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import { brokenFinding, warningFinding } from "./policy-findings.ts";

/** What `check` found out. */
export interface Checked {
  /** Null: it does not load. */
  readonly policy: Policy | null;
  readonly findings: Finding[];
}

/**
 * Loads the policy just as the helper does, and looks for what is wrong with it; with a machine, also at the units
 * behind its templates.
 */
export async function checkAll(
  paths: PolicyPaths,
  { names, ...options }: PolicyGround,
  _machine: Machine | null,
): Promise<Checked> {
  try {
    const policy = await loadPolicy(names, paths, options);
    return { policy, findings: policy.warnings.map(warningFinding) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { policy: null, findings: error.problems.map(brokenFinding) };
  }
}
