import type { PolicyProblem } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import { commandLine } from "../shell-quote.ts";

/** The code of what is about a file as a whole: no line of it is to blame. */
export const WHOLE_FILE = "policy-file";

const findingOf = (
  { mend, isWhole = false, ...placed }: PolicyProblem,
  { code, severity }: Pick<Finding, "code" | "severity">,
): Finding => ({
  code: isWhole ? WHOLE_FILE : code,
  severity,
  ...placed,
  mend: mend === undefined ? null : commandLine(mend),
});

/** What keeps a policy from loading. */
export const brokenFinding = (problem: PolicyProblem): Finding =>
  findingOf(problem, { code: "policy-broken", severity: "error" });

/** What a policy that loads was warned about while it was loaded. */
export const warningFinding = (warning: PolicyProblem): Finding =>
  findingOf(warning, { code: "policy-warning", severity: "warning" });
