import { isAccountName } from "../../policy/schema.ts";
import type { Machine } from "../machine/machine.ts";
import type { KnownNames } from "./judge-accounts.ts";

/** getent(1) takes digits for an id, and the policy's name service does not. */
const canBeAsked = (name: string): boolean => isAccountName(name) && !/^[+-]?\d+$/.test(name);

/** The id of one name. Undefined where the name service cannot be asked: then nothing is known of it. */
async function lookUp(
  name: string,
  entryOf: (name: string) => Promise<{ readonly name: string; readonly id: number } | null>,
): Promise<readonly [string, number | null] | null> {
  if (!canBeAsked(name)) return null;
  const entry = await entryOf(name);
  return [name, entry?.name === name ? entry.id : null];
}

/** Each is a process of its own; of names beyond this that are not listed, nothing is said. */
const MOST_LOOKUPS = 500;

/** Looks up names, all accounts at once where they are listed: a class of hundreds is one call. */
export async function lookUpNames(
  { accounts }: Pick<Machine, "accounts">,
  names: { readonly users: readonly string[]; readonly groups: readonly string[] },
): Promise<KnownNames> {
  const listed = new Map((await accounts.all()).map(({ name, uid }) => [name, uid]));
  const users = new Map<string, number | null>();
  for (const name of names.users) {
    const uid = listed.get(name);
    if (uid !== undefined) users.set(name, uid);
  }
  for (const name of names.users.filter((each) => !listed.has(each)).slice(0, MOST_LOOKUPS)) {
    const found = await lookUp(name, async (each) => {
      const entry = await accounts.user(each);
      return entry === null ? null : { name: entry.name, id: entry.uid };
    });
    if (found !== null) users.set(...found);
  }
  const groups = new Map<string, number | null>();
  for (const name of names.groups.slice(0, MOST_LOOKUPS)) {
    const found = await lookUp(name, async (each) => {
      const entry = await accounts.group(each);
      return entry === null ? null : { name: entry.name, id: entry.gid };
    });
    if (found !== null) groups.set(...found);
  }
  return { users, groups };
}
