import { loadPolicy } from "../../policy/load.ts";
import { ROOT_ALONE } from "../../policy/open-safely.ts";
import { PolicyError } from "../../policy/problem.ts";
import type { PolicyPaths } from "../../policy/read-files.ts";
import type { Policy } from "../../policy/types.ts";
import type { PolicyGround } from "../command.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import { brokenFinding, warningFinding } from "./policy-findings.ts";
import { PolicyText } from "./policy-text.ts";
import { findTemplateSmells } from "./template-smells.ts";

/** What was found out. */
export interface Checked {
  /** Null: it does not load. */
  readonly policy: Policy | null;
  /** How many units were looked at; null: none, as only the policy was asked about. */
  readonly units: number | null;
  readonly findings: Finding[];
}

async function load(
  paths: PolicyPaths,
  { names, ...options }: PolicyGround,
): Promise<Policy | readonly Finding[]> {
  try {
    return await loadPolicy(names, paths, options);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(brokenFinding);
  }
}

/**
 * Loads the policy just as the helper does, and looks for what is wrong with it; with a machine, also at what its
 * rules name there, and at the units behind its templates.
 */
export async function checkAll(
  paths: PolicyPaths,
  ground: PolicyGround,
  machine: Machine | null,
): Promise<Checked> {
  const policy = await load(paths, ground);
  if (!("hash" in policy)) return { policy: null, units: null, findings: [...policy] };
  const findings = [...policy.warnings.map(warningFinding), ...findTemplateSmells(policy)];
  if (machine === null) return { policy, units: null, findings };
  const text = new PolicyText(paths, ground.trust ?? ROOT_ALONE);
  // Loaded when it is needed: what only judges a policy has no use for D-Bus.
  const { lookAround } = await import("./look-around.ts");
  const around = await lookAround(policy, text, ground, machine);
  return { policy, units: around.units, findings: [...findings, ...around.findings] };
}
