import type { Policy, Rule } from "../../../policy/types.ts";
import { isVerb } from "../../../protocol/methods.ts";
import type { Accounts } from "../../machine/accounts.ts";

/** Who may change something by some rule, and so is a hub. */
export interface Peers {
  /** Names of accounts, root's not among them: it is told of elsewhere. */
  readonly users: ReadonlySet<string>;
  /** Units that a rule asks for, and the account that the same rule asks for. */
  readonly units: ReadonlyMap<string, string | null>;
}

const mayChange = ({ methods }: Rule): boolean => [...methods].some(isVerb);

/** The accounts and units that the rules with verbs name, and who is in the groups that they name. */
export async function peersOf({ rules }: Policy, accounts: Accounts): Promise<Peers> {
  const peers = rules.filter(mayChange).map(({ peer }) => peer);
  const named = peers.map(({ user }) => user).filter((user) => user !== null);
  // Where both are named, both must hold, so the group adds nobody.
  const groups = peers.flatMap(({ user, group }) => (user === null && group !== null ? [group] : []));
  const members = await Promise.all(groups.map((group) => accounts.membersOf(group)));
  const users = new Set([...named, ...members.flatMap((each) => each ?? [])]);
  users.delete("root");
  const units = peers.flatMap(({ unit, user }) => (unit === null ? [] : [[unit, user] as const]));
  return { users, units: new Map(units) };
}
