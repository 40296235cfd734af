import type { NameService, Policy, Template } from "../../policy/types.ts";
import type { RuleMethod } from "../../protocol/methods.ts";
import type { Finding } from "../finding.ts";
import { commandLine } from "../shell-quote.ts";

const rulesOf = ({ rules }: Policy, { name }: Template) =>
  rules.filter(({ templates }) => templates.has(name));

/** No rule at all is what a policy begins with: what it allows is told in the verdict. */
function judgeUse(policy: Policy, template: Template): string | null {
  if (policy.rules.length === 0 || rulesOf(policy, template).length > 0) return null;
  return `no rule lists template ${template.name}`;
}

/** Units that take credentials fail where nobody can have written them. */
function judgeCredentials(policy: Policy, template: Template): string | null {
  const has = (method: RuleMethod): boolean =>
    rulesOf(policy, template).some(({ methods }) => methods.has(method));
  if (template.credentials === null || !has("start") || has("write-credentials")) return null;
  return `template ${template.name} has credentials, and no rule lets anybody write them`;
}

const JUDGES = [
  { code: "template-unused", judge: judgeUse },
  { code: "template-credentials", judge: judgeCredentials },
] as const;

/** What smells in the templates of a policy that loads. */
export const findTemplateSmells = (policy: Policy): Finding[] =>
  [...policy.templates.values()].flatMap((template) =>
    JUDGES.flatMap(({ code, judge }): Finding[] => {
      const text = judge(policy, template);
      return text === null ? [] : [{ code, severity: "warning", text, ...template.place, mend: null }];
    }),
  );

/** Templates whose units the helper refuses, since the account that they are to run as does not exist. */
export async function findAccountFaults(policy: Policy, names: NameService): Promise<Finding[]> {
  const judged = [...policy.templates.values()].map(async ({ runAs, name, place }): Promise<Finding[]> => {
    if (runAs === null || (await names.userByName(runAs)) !== null) return [];
    const text = `template ${name} runs as ${runAs}, and there is no such account: the helper refuses its units`;
    const mend = commandLine(["useradd", "--system", runAs]);
    return [{ code: "template-account", severity: "error", text, ...place, mend }];
  });
  return (await Promise.all(judged)).flat();
}
