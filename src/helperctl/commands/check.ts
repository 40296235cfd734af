import { dirname, join, resolve } from "node:path";
import { loadPolicy, POLICY_PATHS } from "../../policy/load.ts";
import { PolicyError, renderProblem } from "../../policy/problem.ts";
import type { PolicyPaths } from "../../policy/read-files.ts";
import type { PolicyProblem } from "../../policy/types.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless } from "../harmless.ts";

const lineOf = (problem: PolicyProblem): string => `${harmless(renderProblem(problem))}\n`;

/** Drop-ins are those beside the file, so that a draft of the whole directory can be checked. */
function pathsOf(word: string | undefined): PolicyPaths {
  if (word === undefined) return POLICY_PATHS;
  const file = resolve(word);
  return { file, dropins: join(dirname(file), "policy.d") };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Loads the policy just as the helper does. */
export const check: Run = async ({ words, flags }, { print, complain, policyGround }) => {
  const { names, ...options } = await policyGround();
  const paths = pathsOf(words[0]);
  const isQuiet = flags.has("quiet");
  try {
    const { warnings, rules, templates } = await loadPolicy(names, paths, options);
    if (isQuiet) return EXIT.yes;
    for (const warning of warnings) complain(lineOf({ ...warning, text: `warning: ${warning.text}` }));
    const found = [
      counted(templates.size, "template"),
      counted(rules.length, "rule"),
      counted(warnings.length, "warning"),
    ];
    const effect = rules.length === 0 ? "; it allows nothing yet" : "";
    print(`${harmless(paths.file)} loads: ${found.join(", ")}${effect}\n`);
    return EXIT.yes;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const problem of error.problems) complain(lineOf(problem));
    return EXIT.no;
  }
};
