import type { TemplateName } from "../protocol/target.ts";
import { problemOfSets, setsCouldMeet } from "../units/credential-path.ts";
import { couldMeet, type UnitPattern } from "../units/pattern.ts";
import { judge, problemAt } from "./judge.ts";
import type { KeyPath } from "./locate.ts";
import type { PolicyFile } from "./parse-file.ts";
import type { PlacedProblem } from "./problem.ts";
import { RUN_AS_TARGET, problemOfTemplateName, problemOfVariable, templateSchema } from "./schema.ts";
import type { TemplateTable } from "./schema.ts";
import type { CredentialRules, Place, Template } from "./types.ts";

/** Where problems and warnings go while a policy is loaded. */
export interface Findings {
  readonly problems: PlacedProblem[];
  readonly warnings: PlacedProblem[];
}

/** A template on its way in. */
interface Draft {
  readonly file: PolicyFile;
  readonly path: KeyPath;
  readonly template: Template;
}

const shown = ({ file, line }: Place): string => `${file}:${line}`;

function credentialsOf(
  table: NonNullable<TemplateTable["credentials"]>,
  file: PolicyFile,
  path: KeyPath,
  { problems, warnings }: Findings,
): CredentialRules {
  for (const name of table.env_pinned.keys()) {
    const problem = problemOfVariable(name);
    if (problem !== null) problems.push(problemAt(file, [...path, "env_pinned", name], problem));
  }
  for (const [at, name] of table.env.entries()) {
    if (!table.env_pinned.has(name)) continue;
    warnings.push(problemAt(file, [...path, "env", at], `lists ${name}, which is pinned: the pin holds`));
  }
  return {
    files: new Set(table.files),
    env: new Set(table.env.filter((name) => !table.env_pinned.has(name))),
    envPinned: table.env_pinned,
    maxBytes: table.max_bytes,
  };
}

function draftOf(file: PolicyFile, name: string, value: unknown, findings: Findings): Draft | null {
  const path = ["template", name];
  const problem = problemOfTemplateName(name);
  if (problem !== null) findings.problems.push(problemAt(file, path, problem));
  const table = judge(templateSchema, value, { file, path, problems: findings.problems });
  if (table === null) return null;
  const isTargets = table.run_as === RUN_AS_TARGET;
  if (!isTargets && table.credentials !== undefined) {
    const text = `is not for a unit that runs as ${table.run_as}: what a hub writes must not become its environment; take the table out, or set run_as = "${RUN_AS_TARGET}"`;
    findings.problems.push(problemAt(file, [...path, "credentials"], text));
  }
  const template: Template = {
    name: name as TemplateName,
    default: table.default,
    unit: table.unit,
    namedUnit: table.named_unit ?? null,
    runAs: isTargets ? null : table.run_as,
    settleMs: table.settle_ms,
    credentials:
      table.credentials === undefined
        ? null
        : credentialsOf(table.credentials, file, [...path, "credentials"], findings),
    place: { file: file.path, ...file.places.find(path) },
  };
  return { file, path, template };
}

function checkDefaults(drafts: readonly Draft[], problems: PlacedProblem[]): void {
  const [first, ...others] = drafts.filter(({ template }) => template.default);
  if (first === undefined) return;
  for (const { file, path } of others) {
    const text = `is one too many: ${first.template.name} (${shown(first.template.place)}) is the default already`;
    problems.push(problemAt(file, [...path, "default"], text));
  }
}

/** A pattern of a template, and where it stands. */
interface PatternPlace {
  readonly file: PolicyFile;
  readonly path: KeyPath;
  readonly template: Template;
  readonly pattern: UnitPattern;
}

const patternsOf = ({ file, path, template }: Draft): PatternPlace[] => [
  { file, path: [...path, "unit"], template, pattern: template.unit },
  ...(template.namedUnit === null
    ? []
    : [{ file, path: [...path, "named_unit"], template, pattern: template.namedUnit }]),
];

/** What two patterns must not have in common. The first that they have is reported. */
const MEETINGS: readonly {
  readonly meet: (a: PatternPlace, b: PatternPlace) => boolean;
  readonly problem: (other: string) => string;
}[] = [
  {
    // It would not be known whose unit it is.
    meet: (a, b) => couldMeet(a.pattern, b.pattern),
    problem: (other) => `could yield the same unit name as ${other}; make them differ in a literal part`,
  },
  {
    // A unit of the one could be given the credentials of a unit of the other.
    meet: (a, b) =>
      (a.template.credentials ?? b.template.credentials) !== null && setsCouldMeet(a.pattern, b.pattern),
    problem: (other) =>
      `could stage credentials at, above or below the path of those of ${other} (each - of a unit name is a / there); make them differ in the literal part before their first placeholder`,
  },
];

function checkMeetings(drafts: readonly Draft[], problems: PlacedProblem[]): void {
  const patterns = drafts.flatMap(patternsOf);
  for (const [at, each] of patterns.entries()) {
    const found = MEETINGS.flatMap(({ meet, problem }) => {
      const other = patterns.slice(0, at).find((earlier) => meet(earlier, each));
      return other === undefined ? [] : [{ other, problem }];
    });
    const [first] = found;
    if (first === undefined) continue;
    const { pattern, template } = first.other;
    const shownOther = `"${pattern.source}" of template ${template.name} (${shown(template.place)})`;
    problems.push(problemAt(each.file, each.path, first.problem(shownOther)));
  }
}

/** A template with credentials needs a place for them that systemd takes. */
function checkSets(drafts: readonly Draft[], problems: PlacedProblem[]): void {
  for (const { file, path, template, pattern } of drafts.flatMap(patternsOf)) {
    const problem = template.credentials === null ? null : problemOfSets(pattern);
    if (problem !== null) problems.push(problemAt(file, path, problem));
  }
}

/** The templates of all files. A name that is not in what is returned, but in `names`, has been complained about. */
export function readTemplates(
  tables: readonly { readonly file: PolicyFile; readonly templates: ReadonlyMap<string, unknown> }[],
  findings: Findings,
): { readonly templates: Map<TemplateName, Template>; readonly names: ReadonlyMap<string, Place> } {
  const names = new Map<string, Place>();
  const drafts: Draft[] = [];
  for (const { file, templates } of tables) {
    for (const [name, value] of templates) {
      const place = { file: file.path, ...file.places.find(["template", name]) };
      const earlier = names.get(name);
      if (earlier !== undefined) {
        const text = `is defined already (${shown(earlier)}); a template is defined once`;
        findings.problems.push(problemAt(file, ["template", name], text));
        continue;
      }
      names.set(name, place);
      const draft = draftOf(file, name, value, findings);
      if (draft !== null) drafts.push(draft);
    }
  }
  checkDefaults(drafts, findings.problems);
  checkSets(drafts, findings.problems);
  checkMeetings(drafts, findings.problems);
  return { templates: new Map(drafts.map(({ template }) => [template.name, template])), names };
}
