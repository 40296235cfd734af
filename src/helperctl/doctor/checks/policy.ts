import type { DescribeResult } from "../../../protocol/results.ts";
import type { Checked } from "../../check/check-all.ts";
import { POLICY_PATHS } from "../../../policy/paths.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { inTurn } from "../mend.ts";
import { HELPER_SERVICE } from "../names.ts";

/** @param described null where no helper runs: the next one reads the file */
export function judgeForce({ policy }: Checked, described: DescribeResult | null): Finding[] {
  const inForce = described?.policy?.hash;
  if (policy === null || inForce === undefined || inForce === policy.hash) return [];
  const text = "the policy has changed since the helper that runs has read it: the old one is in force";
  const mend = inTurn(["systemctl", "try-reload-or-restart", HELPER_SERVICE]);
  return [{ code: "policy-not-in-force", severity: "warning", text, file: POLICY_PATHS.file, mend }];
}

export const policy: Check = {
  name: "policy",
  title: "the policy, and the units behind it (helperctl check shows more)",
  run: async ({ checked, describe, isRoot }) => {
    const [found, described] = await Promise.all([
      checked(),
      // Others are not told which policy is in force. A helper that does not answer is for helperctl status to tell of.
      isRoot ? describe().catch(() => null) : null,
    ]);
    return [...found.findings, ...judgeForce(found, described)];
  },
};
