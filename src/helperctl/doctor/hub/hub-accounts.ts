import type { Account, NameService, Policy } from "../../../policy/types.ts";
import type { Accounts } from "../../machine/accounts.ts";
import { peersOf } from "./peers.ts";

/** Those of the names that are accounts. */
export async function accountsOf(users: ReadonlySet<string>, names: NameService): Promise<Account[]> {
  const found = await Promise.all([...users].map((user) => names.userByName(user)));
  return found.filter((account) => account !== null);
}

/** The accounts that hubs run as, by the rules. Empty where the policy does not load. */
export async function hubAccounts(
  policy: Policy | null,
  names: NameService,
  accounts: Accounts,
): Promise<Account[]> {
  if (policy === null) return [];
  const { users } = await peersOf(policy, accounts);
  return accountsOf(users, names);
}
