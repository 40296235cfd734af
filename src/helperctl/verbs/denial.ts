import { HelperError } from "../../client/errors.ts";
import { commandLine } from "../command-line.ts";
import type { ExplainResult } from "../../protocol/results.ts";
import { harmless } from "../harmless.ts";
import type { Attempt } from "./failures.ts";

const ROOT = { user: "root" } as const;
const RULE_FILE = "/etc/hub-helper/policy.d/root.toml";

/** The command that says why. */
function explainLine({ method, target: { user, server, template } }: Attempt, as: string): string {
  const named = template === undefined ? [] : ["--template", template];
  return commandLine(["helperctl", "explain", method, user, server, ...named, "--as", as]);
}

/** A rule that lets root do this one thing to this one account. */
const renderRule = (method: string, template: string, user: string): string =>
  [
    "[[allow]]",
    'name = "root"',
    'peer = { user = "root" }',
    `methods = [${JSON.stringify(method)}]`,
    `templates = [${JSON.stringify(template)}]`,
    `target = { users = [${JSON.stringify(user)}] }`,
  ]
    .map((line) => `    ${harmless(line)}\n`)
    .join("");

/** Why root was refused, and behind which template the target stands; null where the helper does not tell. */
async function askWhy({ client, method, target }: Attempt): Promise<{
  verdict: ExplainResult;
  template: string;
} | null> {
  try {
    const verdict = await client.explain(ROOT, method, target);
    return { verdict, template: (await client.status(target)).template };
  } catch (error) {
    // What was refused is known: not to know more about it is no failure of its own.
    if (error instanceof HelperError) return null;
    throw error;
  }
}

async function explainToRoot(sentence: string, attempt: Attempt): Promise<string> {
  const { method, target } = attempt;
  const why = await askWhy(attempt);
  if (why?.verdict.reason !== "peer-no-rule") {
    return `${sentence} To see what is missing: ${explainLine(attempt, "root")}`;
  }
  const rule = renderRule(method, why.template, target.user);
  return `${sentence} Root too needs a rule to change something, and none is for root. This one in ${RULE_FILE} is enough:\n\n${rule}\nThen: systemctl reload helper`;
}

/** What whoever was refused can do about it. */
export async function explainDenial(error: HelperError, attempt: Attempt): Promise<string> {
  const sentence = harmless(error.message);
  const { uid, name } = attempt.around.caller();
  if (uid === 0) return explainToRoot(sentence, attempt);
  return `${sentence} Root can ask why: ${explainLine(attempt, name ?? String(uid))}`;
}
