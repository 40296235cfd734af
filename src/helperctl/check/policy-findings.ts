import type { PolicyProblem } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import { commandLine } from "../shell-quote.ts";

const findingOf = (problem: PolicyProblem, kind: Pick<Finding, "code" | "severity">): Finding => {
  const { mend, ...placed } = problem;
  return { ...kind, ...placed, mend: mend === undefined ? null : commandLine(mend) };
};

/** What keeps a policy from loading. */
export const brokenFinding = (problem: PolicyProblem): Finding =>
  findingOf(problem, { code: "policy-broken", severity: "error" });

/** What a policy that loads was warned about while it was loaded. */
export const warningFinding = (warning: PolicyProblem): Finding =>
  findingOf(warning, { code: "policy-warning", severity: "warning" });
