import type { KeyPath } from "../../policy/locate.ts";
import type { Policy, Rule } from "../../policy/types.ts";
import { isVerb } from "../../protocol/methods.ts";
import type { Finding } from "../finding.ts";
import { isLoginShell } from "../machine/accounts.ts";
import type { Machine } from "../machine/machine.ts";
import { commandLine } from "../shell-quote.ts";
import type { AccountBook } from "./eligible.ts";
import { targetsOf } from "./eligible.ts";
import type { PolicyText } from "./policy-text.ts";
import { someOf } from "./some-of.ts";

/** What rules are judged against. */
export interface RuleGround {
  readonly policy: Policy;
  readonly text: PolicyText;
  readonly book: AccountBook;
  readonly systemd: Machine["systemd"];
}

type Smell = Pick<Finding, "code" | "text"> & {
  /** The key of the rule that it is about. */
  readonly key: KeyPath;
  readonly mend?: string | null;
};

type Judge = (rule: Rule, ground: RuleGround) => Promise<Smell[]>;

/** uids below are for the system's own accounts: login.defs(5). */
const FIRST_USER_UID = 1000;
const NOLOGIN = "/usr/sbin/nologin";

const verbsOf = ({ methods }: Rule): string[] => [...methods].filter(isVerb);

const judgePeerGroup: Judge = async ({ name, peer }, { book }) => {
  const { group, user } = peer;
  if (group === null || user !== null) return [];
  const members = await book.membersOf(group);
  if (members === null || members.length > 0) return [];
  const text = `group ${group} has no members, so rule "${name}" matches no peer but one whose unit has SupplementaryGroups=${group}`;
  return [{ code: "rule-nobody", key: ["peer", "group"], text }];
};

const judgePeerUnit: Judge = async ({ name, peer: { unit } }, { systemd }) => {
  if (unit === null) return [];
  const properties = await systemd.unit(unit);
  if (properties?.["LoadState"] !== "not-found") return [];
  const text = `rule "${name}" matches nobody: there is no unit ${unit} on this machine`;
  return [{ code: "rule-nobody", key: ["peer", "unit"], text }];
};

const judgeTargetGroup: Judge = async (rule, { book }) => {
  const { group, minUid, users } = rule.target;
  if (group === null) return [];
  const members = await book.membersOf(group);
  if (members === null) return [];
  const key = ["target", "group"];
  if (members.length === 0) {
    return [
      { code: "target-nobody", key, text: `group ${group} has no members, so it makes nobody a target` },
    ];
  }
  if (users.size > 0 || (await targetsOf(rule, book)).length > 0) return [];
  const text = `none of group ${group} is a target: all of its members (${someOf(members)}) have uids below ${minUid}, or names that the helper does not take`;
  return [{ code: "target-nobody", key, text }];
};

const mayDo = (rule: Rule): string => {
  const verbs = verbsOf(rule);
  return verbs.length === 1 ? (verbs[0] ?? "") : `${verbs.slice(0, -1).join(", ")} and ${verbs.at(-1) ?? ""}`;
};

/** A rule that asks for the unit as well is not for whoever logs in. */
const judgeUserShell: Judge = async (rule, { book }) => {
  const { user, unit } = rule.peer;
  if (user === null || unit !== null || verbsOf(rule).length === 0) return [];
  const entry = await book.entry(user);
  if (entry === null || entry.uid === 0 || !isLoginShell(entry.shell)) return [];
  const text = `${user} has the login shell ${entry.shell}: whoever logs in as ${user} may ${mayDo(rule)} by rule "${rule.name}"`;
  const isSystems = entry.uid < FIRST_USER_UID;
  const mend = isSystems ? commandLine(["usermod", "--shell", NOLOGIN, user]) : null;
  return [{ code: "peer-login-shell", key: ["peer", "user"], text, mend }];
};

const judgeGroupShells: Judge = async (rule, { book }) => {
  const { user, group, unit } = rule.peer;
  if (group === null || user !== null || unit !== null || verbsOf(rule).length === 0) return [];
  const members = await book.entries((await book.membersOf(group)) ?? []);
  const people = members.filter(({ uid, shell }) => uid !== 0 && isLoginShell(shell)).map(({ name }) => name);
  if (people.length === 0) return [];
  const text = `group ${group} has members with a login shell: whoever logs in as ${someOf(people)} may ${mayDo(rule)} by rule "${rule.name}"`;
  return [{ code: "peer-login-shell", key: ["peer", "group"], text }];
};

const judgeCredentials: Judge = ({ name, methods, templates }, { policy }) => {
  const isVain =
    methods.has("write-credentials") &&
    [...templates].every((each) => (policy.templates.get(each)?.credentials ?? null) === null);
  const text = `rule "${name}" lets credentials be written for templates that have none: every such call is refused`;
  return Promise.resolve(isVain ? [{ code: "rule-credentials", key: ["methods"], text }] : []);
};

const JUDGES: readonly Judge[] = [
  judgePeerGroup,
  judgePeerUnit,
  judgeUserShell,
  judgeGroupShells,
  judgeCredentials,
  judgeTargetGroup,
];

/** What smells in the rules of a policy that loads. */
export async function findRuleSmells(ground: RuleGround): Promise<Finding[]> {
  const { policy, text: places } = ground;
  const ofRule = async (rule: Rule): Promise<Finding[]> => {
    const smells = (await Promise.all(JUDGES.map((judge) => judge(rule, ground)))).flat();
    return smells.map(({ code, key, text, mend = null }) => ({
      code,
      severity: "warning",
      text,
      ...places.placeIn(rule, ...key),
      mend,
    }));
  };
  return (await Promise.all(policy.rules.map(ofRule))).flat();
}
