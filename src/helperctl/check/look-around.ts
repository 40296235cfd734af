import { BusUnavailable } from "../../helper/systemd/bus-errors.ts";
import type { Policy } from "../../policy/types.ts";
import type { PolicyGround } from "../command.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import { AccountBook } from "./eligible.ts";
import { findTemplateFaults } from "./generator-templates.ts";
import type { PolicyText } from "./policy-text.ts";
import { findRuleSmells } from "./rule-smells.ts";
import { findAccountFaults } from "./template-smells.ts";
import { findUnitFaults } from "./unit-findings.ts";

/** The units cannot be looked at: the policy was all the same. */
const unseen = (error: BusUnavailable): Finding => ({
  code: "units-unseen",
  severity: "warning",
  text: `neither units nor rules could be held against this machine: ${error.message}; --policy-only leaves that out`,
  mend: null,
});

/** Holds a policy that loads against the accounts and the units of this machine. */
export async function lookAround(
  policy: Policy,
  text: PolicyText,
  { names }: PolicyGround,
  machine: Machine,
): Promise<{ readonly units: number; readonly findings: Finding[] }> {
  const book = new AccountBook(machine.accounts);
  const templates = await findTemplateFaults();
  try {
    const smells = await findRuleSmells({ policy, text, book, systemd: machine.systemd });
    const accounts = await findAccountFaults(policy, names);
    const { units, findings } = await findUnitFaults(policy, names, machine, book);
    return { units, findings: [...accounts, ...smells, ...templates, ...findings] };
  } catch (error) {
    if (error instanceof BusUnavailable) return { units: 0, findings: [...templates, unseen(error)] };
    throw error;
  }
}
