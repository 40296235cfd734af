import type { RuleMethod } from "../protocol/methods.ts";
import { RULE_METHODS } from "../protocol/methods.ts";
import type { UserName } from "../protocol/target.ts";
import { LOWEST_TARGET_UID, isNobody } from "./never.ts";
import type { Allowed, Facts, Peer, Policy, Question, Reason, Refused, Rule } from "./types.ts";

/** The rule that comes closest to allowing what is refused, and all that it lacks. */
export interface NearestRule {
  readonly rule: Rule;
  /** One sentence, without its full stop, for each change that is needed. Never empty. */
  readonly changes: readonly string[];
}

/** Who asks for what, with the names that the sentences call them by. */
export interface Asked {
  readonly peer: Peer;
  /** The account's name; null where the uid has none. */
  readonly peerName: string | null;
  readonly question: Question;
}

/** Decides under another policy, and says what it found out for that. */
export type Judge = (
  policy: Policy,
) => Promise<{ readonly decision: Allowed | Refused; readonly facts: Facts }>;

/** A rule with one thing about it changed, and what that was. */
interface Fix {
  readonly rule: Rule;
  readonly change: string;
}

type FixRule = (rule: Rule, asked: Asked, facts: Facts) => Fix | null;

const quoted = (name: string): string => JSON.stringify(name);

/** A rule for a group is left as it is: the account can join. */
const fixPeer: FixRule = (rule, { peer, peerName }) => {
  if (peer.uid === null) return null;
  const { group, unit } = rule.peer;
  const matching = { user: peerName, uid: peer.uid, group: null, gid: null, unit };
  const who = peerName ?? `uid ${peer.uid}`;
  const joins = group !== null && rule.peer.user === null && peerName !== null;
  const change = joins
    ? `put ${who} into the group ${group}: usermod --append --groups ${group} ${who}`
    : `make ${who} its peer: peer = { user = ${quoted(peerName ?? "?")} }`;
  // An account without a name can be in no rule.
  return peerName === null ? null : { rule: { ...rule, peer: matching }, change };
};

const fixUnit: FixRule = (rule) => ({
  rule: { ...rule, peer: { ...rule.peer, unit: null } },
  change: `let the peer ask from the unit ${rule.peer.unit ?? ""}, or take unit out of its peer`,
});

const fixMethod: FixRule = (rule, { question }) => {
  const method = RULE_METHODS.find((name): name is RuleMethod => name === question.method);
  if (method === undefined) return null;
  return {
    rule: { ...rule, methods: new Set([...rule.methods, method]) },
    change: `add ${quoted(method)} to its methods`,
  };
};

const fixTarget: FixRule = (rule, { question }) => {
  const user = question.target?.user ?? "";
  const { group } = rule.target;
  const users = new Set([...rule.target.users, user as UserName]);
  const change =
    group === null
      ? `add ${quoted(user)} to the users of its target`
      : `put ${user} into the group ${group}: usermod --append --groups ${group} ${user}`;
  return { rule: { ...rule, target: { ...rule.target, users } }, change };
};

const fixUid: FixRule = (rule, _asked, { account: fact }) => {
  const account = fact?.entry ?? null;
  if (account === null || account.uid < LOWEST_TARGET_UID || isNobody(account.uid)) return null;
  return {
    rule: { ...rule, target: { ...rule.target, minUid: account.uid } },
    change: `lower min_uid of its target to ${account.uid}`,
  };
};

/** How a rule can be brought to get past a refusal. What is not here, no change of a rule can mend. */
const FIXES: Partial<Record<Reason, FixRule>> = {
  "peer-no-rule": fixPeer,
  "peer-outside-unit": fixUnit,
  "method-not-allowed": fixMethod,
  "target-not-eligible": fixTarget,
  "target-forbidden": fixUid,
};

/** Templates are the policy's own: the one that was asked for, or else the default or the only one. */
function fixTemplate(policy: Policy, rule: Rule, { question }: Asked): Fix | null {
  const asked = question.target?.template ?? question.template;
  const templates = [...policy.templates.values()];
  const meant =
    asked === undefined
      ? templates.find((each) => each.default)
      : templates.find(({ name }) => name === asked);
  const template = meant ?? (asked === undefined && templates.length === 1 ? templates[0] : undefined);
  if (template === undefined) return null;
  return {
    rule: { ...rule, templates: new Set([...rule.templates, template.name]) },
    change: `add ${quoted(template.name)} to its templates`,
  };
}

/** What is wrong outside of the policy, as the last step says. */
const outside = ({ steps }: Refused): string =>
  `mend what lies outside of the policy: ${steps.at(-1)?.text ?? ""}`;

/** More than there are things about a rule that could be changed. */
const MOST_CHANGES = 6;

/** What one rule lacks. */
interface Lack {
  readonly changes: readonly string[];
  /** Handing a rule to another peer changes more than any word added to it. */
  readonly movesPeer: boolean;
}

/** Changes one rule, standing alone, until the decision is to allow. Null: that cannot be done. */
async function lackOf(policy: Policy, rule: Rule, asked: Asked, judgeUnder: Judge): Promise<Lack | null> {
  const changes: string[] = [];
  let movesPeer = false;
  for (let now = rule; changes.length < MOST_CHANGES;) {
    const { decision, facts } = await judgeUnder({ ...policy, rules: [now] });
    if (decision.verdict === "allow") return { changes, movesPeer };
    if (decision.reason === "unit-mismatch") return { changes: [...changes, outside(decision)], movesPeer };
    const fix =
      decision.reason === "template-not-allowed"
        ? fixTemplate(policy, now, asked)
        : (FIXES[decision.reason]?.(now, asked, facts) ?? null);
    if (fix === null) return null;
    movesPeer ||= decision.reason === "peer-no-rule";
    changes.push(fix.change);
    now = fix.rule;
  }
  return null;
}

const isLess = (a: Lack, b: Lack): boolean =>
  a.changes.length === b.changes.length ? !a.movesPeer && b.movesPeer : a.changes.length < b.changes.length;

/**
 * Finds the rule that lacks least for a request that is refused. Whether a change would do is not reasoned about
 * here: the decision is made anew with the rule changed. Null: nothing that a rule could say would allow it.
 */
export async function findNearestRule(
  policy: Policy,
  asked: Asked,
  judgeUnder: Judge,
): Promise<NearestRule | null> {
  let nearest: { readonly rule: Rule; readonly lack: Lack } | null = null;
  for (const rule of policy.rules) {
    const lack = await lackOf(policy, rule, asked, judgeUnder);
    if (lack === null || lack.changes.length === 0) continue;
    if (nearest === null || isLess(lack, nearest.lack)) nearest = { rule, lack };
  }
  return nearest && { rule: nearest.rule, changes: nearest.lack.changes };
}
