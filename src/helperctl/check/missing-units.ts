import { DEFAULT_MIN_UID } from "../../policy/never.ts";
import type { Policy, Template } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import { commandLine } from "../shell-quote.ts";
import type { AccountBook } from "./eligible.ts";
import type { UnitBehind } from "./complaint.ts";
import { someOf } from "./some-of.ts";
import { unitMakerOf } from "./unit-generator.ts";

/** A unit that runs as somebody other than the target is there to do something for it first, such as to write its unit. */
const generatorOf = (policy: Policy): Template | undefined =>
  [...policy.templates.values()].find(({ runAs }) => runAs !== null);

/** The example's program takes no account below this. */
async function mendMissing(
  template: Template,
  users: readonly string[],
  book: AccountBook,
): Promise<string | null> {
  const maker = unitMakerOf(template);
  if (maker === null) return null;
  const entries = await book.entries(users);
  return entries.every(({ uid }) => uid >= DEFAULT_MIN_UID) ? commandLine([maker, ...users]) : null;
}

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
      ? `there is no unit file for ${someOf(users)} (${which}): the helper cannot start it`
      : `there is no unit file yet for ${someOf(users)} (${which}); perhaps template ${generator.name}, which runs as ${generator.runAs ?? ""}, is there to make it`;
  return {
    code: "unit-missing",
    severity: generator === undefined ? "error" : "warning",
    text,
    ...(first === undefined ? {} : { unit: first.name }),
    ...(missing.length > 1 ? { units: missing.map(({ name }) => name) } : {}),
    ...template.place,
    mend: await mendMissing(template, users, book),
  };
}

/** Unit files of accounts that no rule lets anybody start servers for: left over, or a group was forgotten. */
export function leftOverFinding(template: Template, units: readonly UnitBehind[]): Finding {
  const users = [...new Set(units.map(({ user }) => user))];
  const [first] = units;
  return {
    code: "unit-left-over",
    severity: "note",
    text: `there are unit files of template ${template.name} for ${someOf(users)}, whom no rule lets anybody start`,
    ...(first === undefined ? {} : { unit: first.label }),
    ...(units.length > 1 ? { units: units.map(({ label }) => label) } : {}),
    mend: null,
  };
}
