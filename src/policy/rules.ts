import { judge, problemAt } from "./judge.ts";
import type { KeyPath } from "./locate.ts";
import { isNeverTarget, isNobody } from "./never.ts";
import type { PolicyFile } from "./parse-file.ts";
import type { PlacedProblem } from "./problem.ts";
import { ruleSchema } from "./schema.ts";
import type { RuleTable } from "./schema.ts";
import type { Findings } from "./templates.ts";
import type { NameService, Place, Rule } from "./types.ts";

/** What the rules are read against. */
export interface RuleContext extends Findings {
  readonly names: NameService;
  /** Whether there is a template of that name. */
  readonly isTemplate: (name: string) => boolean;
  /** Whether this machine can tell which unit a peer is in. */
  readonly knowsPeerUnits: boolean;
}

/** A rule's table, and where it stands. */
interface Standing {
  readonly table: RuleTable;
  readonly file: PolicyFile;
  readonly path: KeyPath;
}

type Answer<T> = { readonly found: T } | { readonly problem: string; readonly missing: boolean };

/** Asks the name service. That it cannot be asked is an answer too: what comes of it is the caller's to say. */
async function ask<T>(what: string, question: Promise<T | null>): Promise<Answer<T>> {
  try {
    const found = await question;
    return found === null ? { problem: `there is no ${what}`, missing: true } : { found };
  } catch (error) {
    return {
      problem: `${what} cannot be looked up (${error instanceof Error ? error.message : String(error)})`,
      missing: false,
    };
  }
}

type Mend = Pick<PlacedProblem, "mend">;

/** What useradd(8) and groupadd(8) take on every distribution. */
const NEW_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

/** The command that makes what is missing. What could not be looked up may well be there. */
const makes = (
  program: string,
  options: readonly string[],
  name: string,
  { missing }: { readonly missing: boolean },
): Mend => (missing && NEW_NAME.test(name) ? { mend: [program, ...options, name] } : {});

/** A peer's id. An unknown name fails the load: the rule would be silently dead, or wake for whoever gets the name. */
async function peerId(
  kind: "user" | "group",
  { table, file, path }: Standing,
  { names, problems }: RuleContext,
): Promise<number | null> {
  const name = table.peer[kind];
  if (name === undefined) return null;
  const what = `${kind} "${name}"`;
  const complain = (text: string, mend?: Mend): null => {
    problems.push({ ...problemAt(file, [...path, "peer", kind], text), ...mend });
    return null;
  };
  const answer =
    kind === "user"
      ? await ask(
          what,
          names.userByName(name).then((entry) => (entry?.name === name ? entry.uid : null)),
        )
      : await ask(what, names.groupByName(name));
  if ("problem" in answer) {
    const text = `cannot be matched: ${answer.problem}; create it or mend the name`;
    return complain(text, makes(`${kind}add`, ["--system"], name, answer));
  }
  if (isNobody(answer.found)) return complain(`is never a peer: ${what} has the id ${answer.found}`);
  return answer.found;
}

/** Targets are looked up at each decision; what does not resolve now may resolve then, so it only smells. */
async function warnOfTargets({ table, file, path }: Standing, context: RuleContext): Promise<void> {
  const { names, warnings } = context;
  const warn = (key: KeyPath, text: string, mend?: Mend): void => {
    warnings.push({ ...problemAt(file, [...path, "target", ...key], text), ...mend });
  };
  const { group, users = [] } = table.target;
  if (group !== undefined) {
    const answer = await ask(`group "${group}"`, names.groupByName(group));
    if ("problem" in answer) {
      warn(["group"], `matches nobody now: ${answer.problem}`, makes("groupadd", [], group, answer));
    }
  }
  await Promise.all(
    users.map(async (name, at) => {
      const answer = await ask(`user "${name}"`, names.userByName(name));
      if ("problem" in answer) warn(["users", at], `matches nobody now: ${answer.problem}`);
      else if (isNeverTarget(answer.found.uid) || answer.found.uid < table.target.min_uid) {
        warn(["users", at], `lists ${name} in vain: uid ${answer.found.uid} is never a target of this rule`);
      }
    }),
  );
}

async function ruleOf(standing: Standing, context: RuleContext): Promise<Rule> {
  const { table, file, path } = standing;
  const [uid, gid] = await Promise.all([
    peerId("user", standing, context),
    peerId("group", standing, context),
    warnOfTargets(standing, context),
  ]);
  if (table.peer.unit !== undefined && !context.knowsPeerUnits) {
    const text = "matches nobody: this kernel does not say which process is at the other end (SO_PEERPIDFD)";
    context.warnings.push(problemAt(file, [...path, "peer", "unit"], text));
  }
  return {
    name: table.name,
    peer: {
      user: table.peer.user ?? null,
      uid,
      group: table.peer.group ?? null,
      gid,
      unit: table.peer.unit ?? null,
    },
    methods: new Set(table.methods),
    templates: new Set(table.templates),
    target: {
      users: new Set(table.target.users),
      group: table.target.group ?? null,
      minUid: table.target.min_uid,
    },
    place: { file: file.path, ...file.places.find(path) },
  };
}

/** The rules of all files, in their order. */
export async function readRules(
  tables: readonly { readonly file: PolicyFile; readonly rules: readonly unknown[] }[],
  context: RuleContext,
): Promise<Rule[]> {
  const { problems, isTemplate } = context;
  const names = new Map<string, Place>();
  const standing: Standing[] = [];
  for (const { file, rules } of tables) {
    for (const [at, value] of rules.entries()) {
      const path = ["allow", at];
      const table = judge(ruleSchema, value, { file, path, problems });
      if (table === null) continue;
      const earlier = names.get(table.name);
      if (earlier !== undefined) {
        const text = `"${table.name}" is taken (${earlier.file}:${earlier.line}); give each rule a name of its own`;
        problems.push(problemAt(file, [...path, "name"], text));
      } else names.set(table.name, { file: file.path, ...file.places.find(path) });
      for (const [index, name] of table.templates.entries()) {
        if (isTemplate(name)) continue;
        const text = `lists "${name}", and there is no template of that name`;
        problems.push(problemAt(file, [...path, "templates", index], text));
      }
      standing.push({ table, file, path });
    }
  }
  return Promise.all(standing.map((each) => ruleOf(each, context)));
}
