import type { Policy, Template } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import type { AccountBook } from "./eligible.ts";
import type { UnitBehind } from "./complaint.ts";
import { someOf } from "./some-of.ts";
import { mendByGenerator, mendMissing } from "./mend-missing.ts";

/** A unit that runs as somebody other than the target is there to do something for it first, such as to write its unit. */
const generatorOf = (policy: Policy): Template | undefined =>
  [...policy.templates.values()].find(({ runAs }) => runAs !== null);

const unitMembers = (names: readonly string[]): Pick<Finding, "unit" | "units"> => {
  const [first, ...others] = names;
  if (first === undefined) return {};
  return others.length === 0 ? { unit: first } : { units: names };
};

/** What is said of the targets of one template that have no unit file. */
export async function missingFinding(
  policy: Policy,
  template: Template,
  missing: readonly UnitBehind[],
  book: AccountBook,
): Promise<Finding> {
  const users = missing.map(({ user }) => user);
  const [first] = missing;
  const which = users.length === 1 ? (first?.name ?? "") : `such as ${first?.name ?? ""}`;
  const generator = template.runAs === null ? generatorOf(policy) : undefined;
  const text =
    generator === undefined
      ? `there is no unit file for ${someOf(users)} (${which}): the helper cannot start ${users.length === 1 ? "it" : "them"}`
      : `there is no unit file yet for ${someOf(users)} (${which}); perhaps template ${generator.name}, which runs as ${generator.runAs ?? ""}, is there to make it`;
  return {
    code: "unit-missing",
    severity: generator === undefined ? "error" : "warning",
    text,
    ...unitMembers(missing.map(({ name }) => name)),
    ...template.place,
    mend:
      (generator && mendByGenerator(generator, users)) ?? (await mendMissing(policy, template, users, book)),
  };
}

/** Unit files of accounts that no rule lets anybody start servers for: left over, or a group was forgotten. */
export function leftOverFinding(template: Template, units: readonly UnitBehind[]): Finding {
  const users = [...new Set(units.map(({ user }) => user))];
  return {
    code: "unit-left-over",
    severity: "note",
    text: `there are unit files of template ${template.name} for ${someOf(users)}, whom no rule lets anybody start`,
    ...unitMembers(units.map(({ label }) => label)),
    mend: null,
  };
}
