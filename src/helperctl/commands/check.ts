import { dirname, join, resolve } from "node:path";
import { POLICY_PATHS } from "../../policy/paths.ts";
import { ROOT_ALONE } from "../../policy/open-safely.ts";
import type { PolicyPaths } from "../../policy/read-files.ts";
import type { Checked } from "../check/check-all.ts";
import { checkAll } from "../check/check-all.ts";
import { Excerpts } from "../check/excerpts.ts";
import { sortByPlace } from "../check/sort-by-place.ts";
import type { Given, PolicyGround, Run, Surroundings } from "../command.ts";
import type { ExitStatus } from "../exit-status.ts";
import { EXIT } from "../exit-status.ts";
import type { Finding } from "../finding.ts";
import { counted, renderFinding, statusOf, tally } from "../finding.ts";
import { foldText } from "../fold.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import type { Machine } from "../machine/machine.ts";
import { withMachine } from "../machine/with-machine.ts";
import { paint } from "../screen.ts";

/** What `check --json` prints. */
export interface CheckJson {
  /** One for each FILE, in their order. */
  readonly files: readonly CheckedFileJson[];
}

export interface CheckedFileJson {
  readonly file: string;
  readonly loads: boolean;
  /** The policy's hash, as `describe` and the audit log have it; null where it does not load. */
  readonly hash: string | null;
  /** Names of the templates. */
  readonly templates: readonly string[];
  /** Names of the rules. */
  readonly rules: readonly string[];
  /** How many units were looked at; null where only the policy was. */
  readonly units: number | null;
  readonly findings: readonly Finding[];
}

interface CheckedFile extends Checked {
  readonly paths: PolicyPaths;
}

/** Drop-ins are those beside the file, so that a draft of the whole directory can be checked. */
function pathsOf(word: string): PolicyPaths {
  const file = resolve(word);
  return { file, dropins: join(dirname(file), "policy.d") };
}

/** The policy in force is held against the machine; a draft is judged by itself. */
async function checkFiles(
  { words, flags }: Given,
  ground: PolicyGround,
  surroundings: Surroundings,
): Promise<CheckedFile[]> {
  const checkOne = async (paths: PolicyPaths, machine: Machine | null): Promise<CheckedFile> => {
    const checked = await checkAll(paths, ground, machine);
    return { ...checked, paths, findings: sortByPlace(checked.findings, paths) };
  };
  if (words.length > 0) return Promise.all(words.map((word) => checkOne(pathsOf(word), null)));
  if (flags.has("policy-only")) return [await checkOne(POLICY_PATHS, null)];
  return [await withMachine(surroundings, (machine) => checkOne(POLICY_PATHS, machine))];
}

const toJson = ({ paths, policy, units, findings }: CheckedFile): CheckedFileJson => ({
  file: paths.file,
  loads: policy !== null,
  hash: policy?.hash ?? null,
  templates: [...(policy?.templates.keys() ?? [])],
  rules: policy?.rules.map(({ name }) => name) ?? [],
  units,
  findings,
});

const has = ({ findings }: Checked, severity: Finding["severity"]): boolean =>
  findings.some((finding) => finding.severity === severity);

/** `/etc/hub-helper/policy.toml loads: 2 templates, 4 rules; 12 units looked at: 1 error, 2 warnings`. */
function verdictOf({ paths, policy, units, findings }: CheckedFile): string {
  const file = harmless(paths.file);
  if (policy === null) return `${file} does not load: ${tally(findings)}`;
  const { templates, rules } = policy;
  const found = [counted(templates.size, "template"), counted(rules.length, "rule")].join(", ");
  const seen = units === null ? "" : `${counted(units, "unit")} looked at: `;
  const effect = rules.length === 0 ? "; it allows nothing yet" : "";
  return `${file} loads: ${found}; ${seen}${tally(findings)}${effect}`;
}

function show(file: CheckedFile, excerpts: Excerpts, isQuiet: boolean, surroundings: Surroundings): void {
  const { print, complain, screen, complaints } = surroundings;
  const told = isQuiet ? file.findings.filter(({ severity }) => severity === "error") : file.findings;
  for (const finding of told) {
    complain(renderFinding(complaints, finding, excerpts.of(finding, complaints)));
  }
  const role = has(file, "error") ? "bad" : has(file, "warning") ? "warning" : "good";
  if (isQuiet) return;
  const verdict = foldText(verdictOf(file), screen.columns ?? Infinity);
  print(verdict.map((line) => `${paint(screen, role, line)}\n`).join(""));
}

/** Loads policies just as the helper does, and says what is wrong with them and with what is behind them. */
export const check: Run = async (given, surroundings): Promise<ExitStatus> => {
  const ground = await surroundings.policyGround();
  const files = await checkFiles(given, ground, surroundings);
  if (given.flags.has("json")) {
    const facts: CheckJson = { files: files.map(toJson) };
    surroundings.print(harmlessJson(facts));
  } else {
    const excerpts = new Excerpts(ground.trust ?? ROOT_ALONE);
    for (const file of files) show(file, excerpts, given.flags.has("quiet"), surroundings);
  }
  const isStrict = given.flags.has("strict");
  return files.every(({ findings }) => statusOf(findings, isStrict) === EXIT.yes) ? EXIT.yes : EXIT.no;
};
