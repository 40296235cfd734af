import type { Limits } from "../protocol/results.ts";
import { deepFreeze } from "./freeze.ts";
import { judge, problemAt } from "./judge.ts";
import { ROOT_ALONE } from "./open-safely.ts";
import type { Trust } from "./open-safely.ts";
import { parseFile } from "./parse-file.ts";
import type { PolicyFile } from "./parse-file.ts";
import { PolicyError, sortProblems } from "./problem.ts";
import type { PlacedProblem } from "./problem.ts";
import { hashFiles, readFiles } from "./read-files.ts";
import { POLICY_PATHS } from "./paths.ts";
import type { PolicyPaths } from "./read-files.ts";
import { readRules } from "./rules.ts";
import { fileSchema, limitsSchema, versionSchema } from "./schema.ts";
import { emptyTable } from "./table.ts";
import { readTemplates } from "./templates.ts";
import type { NameService, Policy } from "./types.ts";

export interface LoadOptions {
  /** Whose files are believed; root's alone unless told otherwise. */
  readonly trust?: Trust;
  /** Whether this machine can tell which unit a peer is in; where it cannot, rules that ask for it are warned about. */
  readonly knowsPeerUnits?: boolean;
}

/** What stands in one file, beside version and limits. */
function contentOf(file: PolicyFile, problems: PlacedProblem[]) {
  const content = judge(fileSchema, file.document, { file, path: [], problems });
  return {
    file,
    templates: content?.template ?? new Map<string, unknown>(),
    rules: content?.allow ?? [],
  };
}

/** `version` and `[limits]`, which stand in the policy file alone. */
function readHead(head: PolicyFile, problems: PlacedProblem[]): Limits | null {
  const { version, limits } = head.document;
  if (version === undefined) problems.push(problemAt(head, [], "version is missing; write version = 1"));
  else judge(versionSchema, version, { file: head, path: ["version"], problems });
  return judge(limitsSchema, limits ?? emptyTable(), { file: head, path: ["limits"], problems });
}

function checkDropin(dropin: PolicyFile, head: string): PlacedProblem[] {
  return ["version", "limits"]
    .filter((key) => Object.hasOwn(dropin.document, key))
    .map((key) => problemAt(dropin, [key], `stands in ${head} alone; take it out of this file`));
}

/**
 * Loads the policy. What it returns is frozen.
 * @throws PolicyError with everything that is wrong, in the order of the files
 */
export async function loadPolicy(
  names: NameService,
  paths: PolicyPaths = POLICY_PATHS,
  { trust = ROOT_ALONE, knowsPeerUnits = true }: LoadOptions = {},
): Promise<Policy> {
  const read = readFiles(paths, trust);
  const problems = [...read.problems];
  const warnings = [...read.warnings];
  const parsed = read.files.map(parseFile);
  const files = parsed.filter((file): file is PolicyFile => "document" in file);
  problems.push(...parsed.filter((file): file is PlacedProblem => !("document" in file)));
  const isWhole = problems.length === 0;

  const head = files.find(({ path }) => path === paths.file);
  const limits = head === undefined ? null : readHead(head, problems);
  for (const file of files) if (file !== head) problems.push(...checkDropin(file, paths.file));

  const contents = files.map((file) => contentOf(file, problems));
  const { templates, names: templateNames } = readTemplates(contents, { problems, warnings });
  const rules = await readRules(contents, {
    names,
    problems,
    warnings,
    knowsPeerUnits,
    // A template may stand in a file that could not be read: its rules are not to blame.
    isTemplate: (name) => templateNames.has(name) || !isWhole,
  });

  if (problems.length > 0 || limits === null) throw new PolicyError(sortProblems(problems, read.paths));
  return deepFreeze({
    hash: hashFiles(read.files),
    limits,
    templates,
    rules,
    warnings: sortProblems(warnings, read.paths),
  });
}
