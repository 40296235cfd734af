import { isAccountName } from "../../policy/schema.ts";
import { USER_NAME_RULE, parseUserName } from "../../protocol/target.ts";
import type { Member, MemberKind } from "./model.ts";
import { sayMember } from "./say.ts";
import type { Note, Targets } from "./translation.ts";

/** A list of users or of accounts to run as, as far as a policy can say it. */
export interface ReadList extends Targets {
  readonly hasAll: boolean;
  /** Why the groups, or all of it, must not be taken as they stand. */
  readonly reasons: readonly string[];
  readonly notes: readonly Note[];
}

const BY_NAME = "A policy goes by names that the account database has.";

const WHY_NOT: Readonly<Partial<Record<MemberKind, string>>> = {
  self: "It stands for whoever asks, which no rule can say; a hub has no server of its own.",
  uid: `A uid. ${BY_NAME} Name the account instead.`,
  gid: `A gid. ${BY_NAME} Name the group instead.`,
  netgroup: `A netgroup. ${BY_NAME} Make a group with the same members.`,
  "foreign-group": `A group of a sudo plugin. ${BY_NAME}`,
  alias: "No such alias is defined in this file, or it holds itself.",
};

/** Why a name cannot stand in a rule; null where it can. */
function problemOf({ kind, name }: Member, isName: (name: string) => boolean, rule: string): string | null {
  if (kind === "group") return isAccountName(name) ? null : "Not a name of the account database.";
  if (kind === "user") return isName(name) ? null : rule;
  return WHY_NOT[kind] ?? "Not known.";
}

/** The members that no `!name` behind them takes away: the last that matches counts. */
function withoutTaken(list: readonly Member[]): Member[] {
  const taken = new Set<string>();
  const left: Member[] = [];
  for (const member of list.toReversed()) {
    if (member.negated && member.kind === "user") taken.add(member.name);
    if (!(member.kind === "user" && taken.has(member.name)) || member.negated) left.push(member);
  }
  return left.toReversed();
}

function readList(list: readonly Member[], isName: (name: string) => boolean, rule: string): ReadList {
  const users = new Set<string>();
  const groups = new Set<string>();
  const notes: Note[] = [];
  let hasAll = false;
  for (const member of withoutTaken(list)) {
    const note = (why: string): number => notes.push({ about: sayMember(member), why });
    if (member.negated) note("An exception. A policy has none: its rules only ever add.");
    else if (member.kind === "all") hasAll = true;
    else {
      const problem = problemOf(member, isName, rule);
      if (problem !== null) note(problem);
      else if (member.kind === "group") groups.add(member.name);
      else users.add(member.name);
    }
  }
  return { users: [...users], groups: [...groups], hasAll, reasons: reasonsOf(list), notes };
}

/** A name that is taken away can be left out of a list of names. Anything else would be allowed too much. */
function reasonsOf(list: readonly Member[]): string[] {
  const negated = list.filter((each) => each.negated);
  const isNamesAlone = list.every(({ kind }) => kind === "user");
  if (negated.length === 0 || isNamesAlone) return [];
  return [
    `It would hold for ${negated.map((each) => sayMember({ ...each, negated: false })).join(", ")} too.`,
  ];
}

/** The hubs in an expanded list of users. */
export const readHubs = (list: readonly Member[]): ReadList =>
  readList(list, isAccountName, "Not a name of the account database.");

/** The targets in an expanded list of accounts to run as. */
export const readTargets = (list: readonly Member[]): ReadList =>
  readList(list, (name) => parseUserName(name) !== null, `The helper takes no such name: ${USER_NAME_RULE}.`);
