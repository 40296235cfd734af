import { DEFAULT_MIN_UID, isNeverTarget, isNobody, LOWEST_TARGET_UID } from "../../policy/never.ts";
import type { Carried, Hub, Note, Targets, Translation } from "./translation.ts";

/** The ids of those names that could be looked up. Null: there is no such account or group. */
export interface KnownNames {
  readonly users: ReadonlyMap<string, number | null>;
  readonly groups: ReadonlyMap<string, number | null>;
}

interface Drafts {
  readonly carried: readonly (Targets & { readonly hub: Hub | null })[];
  readonly withheld: readonly (Targets & { readonly hub: Hub | null })[];
}

/** Every name that the rules would hold. */
export function namesOf({ carried, withheld }: Drafts): { users: string[]; groups: string[] } {
  const names = { user: new Set<string>(), group: new Set<string>() };
  for (const { hub, users, groups } of [...carried, ...withheld]) {
    if (hub !== null) names[hub.kind].add(hub.name);
    for (const user of users) names.user.add(user);
    for (const group of groups) names.group.add(group);
  }
  return { users: [...names.user], groups: [...names.group] };
}

/** Why an account is no target of the rules that are written here; null where it is one, or not known. */
function problemOfTarget(name: string, uid: number | null | undefined): string | null {
  if (uid === undefined || uid === null) return null;
  if (uid === 0) return `${name} is root here, which never has a server.`;
  if (isNeverTarget(uid))
    return `${name} has uid ${uid} here, which is never a target, whatever a rule says.`;
  if (uid >= DEFAULT_MIN_UID) return null;
  return `${name} has uid ${uid} here, a system account, and min_uid is ${DEFAULT_MIN_UID}. A rule of its own with min_uid = ${LOWEST_TARGET_UID} could name it.`;
}

function problemOfHub({ hub }: Carried, id: number | null | undefined): string | null {
  if (id === undefined || id === null || !isNobody(id)) return null;
  return `${hub.name} has the id ${id} here, which stands for nobody and is never a peer.`;
}

/** What is to be made before the rules have an effect. */
function missingOf({ carried }: Translation, { users, groups }: KnownNames): string[] {
  const hubs = carried.map(({ hub }) => hub);
  const without = (names: readonly string[], known: KnownNames["users"]): string[] =>
    names.filter((name) => known.get(name) === null);
  const sentence = (kind: string, names: readonly string[], effect: string): string[] =>
    names.length === 0 ? [] : [`There is no ${kind} ${names.join(", ")} here. ${effect}`];
  const hubNames = (kind: Hub["kind"]): string[] =>
    hubs.filter((hub) => hub.kind === kind).map(({ name }) => name);
  const noLoad = "The policy does not load before there is.";
  const noEffect = "The rules hold for nobody of this name before there is.";
  const targets = namesOf({ carried: carried.map((each) => ({ ...each, hub: null })), withheld: [] });
  return [
    ...sentence("account", without(hubNames("user"), users), noLoad),
    ...sentence("group", without(hubNames("group"), groups), noLoad),
    ...sentence("account", without(targets.users, users), noEffect),
    ...sentence("group", without(targets.groups, groups), noEffect),
  ];
}

/** Takes out what the helper would refuse whatever the rule said, going by the ids that the names have here. */
export function judgeAccounts(translation: Translation, known: KnownNames): Translation {
  const notes: Note[] = [];
  const carried: Carried[] = [];
  for (const draft of translation.carried) {
    const { hub, groups } = draft;
    const problem = problemOfHub(draft, (hub.kind === "user" ? known.users : known.groups).get(hub.name));
    if (problem !== null) {
      notes.push({ about: hub.name, why: problem });
      continue;
    }
    const problems = draft.users.map((name) => ({ name, why: problemOfTarget(name, known.users.get(name)) }));
    for (const { name, why } of problems) if (why !== null) notes.push({ about: name, why });
    const users = problems.filter(({ why }) => why === null).map(({ name }) => name);
    if (users.length > 0 || groups.length > 0) carried.push({ hub, users, groups });
  }
  const judged = { ...translation, carried };
  return { ...judged, notes: [...translation.notes, ...notes], missing: missingOf(judged, known) };
}
