import type { MethodName } from "../protocol/methods.ts";
import { need, note, refuse, shown } from "./decide-walk.ts";
import type { Ending, Step, Walk } from "./decide-walk.ts";
import { isNeverTarget } from "./never.ts";
import type { Account, Facts, Reason, Rule } from "./types.ts";

/** What is still allowed on a target that was started and is not eligible any more. */
const LETTING_GO: ReadonlySet<string> = new Set<MethodName>([
  "stop",
  "reset-failed",
  "remove-credentials",
  "status",
  "list",
  "watch",
]);

type Gids = NonNullable<Facts["account"]>["gids"];

interface Judgement {
  readonly reason: Extract<Reason, "target-unknown" | "target-forbidden" | "target-not-eligible">;
  readonly text: string;
}

/** The groups that the rules left standing name. */
const groupsOf = (rules: readonly Rule[]): string[] => [
  ...new Set(rules.flatMap(({ target }) => (target.group === null ? [] : [target.group]))),
];

/** By which of its lists a rule takes an account in; null: by none. */
function eligibleBy(rule: Rule, account: Account, gids: Gids): string | null {
  const { users, group } = rule.target;
  if ([...users].some((name) => name === account.name)) return `lists ${account.name}`;
  const gid = group === null ? null : (gids.get(group) ?? null);
  if (gid === null) return null;
  return account.gid === gid || account.groups.includes(gid) ? `is for members of ${group ?? ""}` : null;
}

function ruleText(rule: Rule, account: Account, by: string | null): string {
  const { users, group, minUid } = rule.target;
  if (account.uid < minUid) {
    return `${shown(rule)} is for uids from ${minUid}; ${account.name} is uid ${account.uid}`;
  }
  if (by !== null) return `${shown(rule)} ${by}`;
  const wanted = [
    ...(users.size === 0 ? [] : ["the users that it lists"]),
    ...(group === null ? [] : [`members of ${group}`]),
  ];
  return `${shown(rule)} is for ${wanted.join(" and ")}; ${account.name} is none of them`;
}

/** Narrows the rules to those that the account is eligible under, or says why there is none. */
function judgeEntry(walk: Walk, entry: Account | null, gids: Gids): Judgement | null {
  const user = walk.question.target?.user ?? "";
  if (entry === null) return { reason: "target-unknown", text: `there is no account ${user}` };
  if (entry.name !== user) {
    return { reason: "target-unknown", text: `the account database answers ${entry.name} for ${user}` };
  }
  if (isNeverTarget(entry.uid)) {
    return { reason: "target-forbidden", text: `uid ${entry.uid} is never a target` };
  }
  const judged = walk.rules.map((rule) => ({ rule, by: eligibleBy(rule, entry, gids) }));
  for (const { rule, by } of judged) {
    const ok = by !== null && entry.uid >= rule.target.minUid;
    note(walk, "account", ok, ruleText(rule, entry, by), rule);
  }
  const inRange = judged.filter(({ rule }) => entry.uid >= rule.target.minUid);
  if (inRange.length === 0) {
    return { reason: "target-forbidden", text: `uid ${entry.uid} is below the min_uid of every rule here` };
  }
  const left = inRange.filter(({ by }) => by !== null).map(({ rule }) => rule);
  if (left.length === 0) {
    return { reason: "target-not-eligible", text: `no rule here is for ${entry.name}` };
  }
  walk.rules = left;
  return null;
}

/** A refusal of the account stands, unless a rule of this peer started the unit and the method only lets go of it. */
function letGo(walk: Walk, { reason, text }: Judgement): Ending | null {
  const { question, facts } = walk;
  if (!LETTING_GO.has(question.method)) return refuse(walk, "account", reason, text);
  if (facts.record === undefined) return need("record");
  const rule = walk.rules.find(({ name }) => name === facts.record?.rule);
  if (rule === undefined) return refuse(walk, "account", reason, text);
  note(walk, "account", true, `${text}; but ${shown(rule)} started the unit, and may let go of it`, rule);
  walk.rules = [rule];
  return null;
}

const copyOf = (entry: Account): Account =>
  Object.freeze({ ...entry, groups: Object.freeze([...entry.groups]) });

export const judgeAccount: Step = (walk) => {
  const { facts, free } = walk;
  if (free) {
    note(walk, "account", true, "uid 0 may look at any target; its account is not looked up");
    return null;
  }
  if (facts.account === undefined) return need("account", groupsOf(walk.rules));
  const { entry, gids } = facts.account;
  const judgement = judgeEntry(walk, entry, gids);
  // An entry of another name is not the target's account, whatever is allowed of the unit.
  walk.account = entry?.name === walk.question.target?.user && entry !== null ? copyOf(entry) : null;
  return judgement === null ? null : letGo(walk, judgement);
};
