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

/** Looks up names, all accounts at once where they are listed: a class of hundreds is one call. */
export async function lookUpNames(
  { accounts }: Pick<Machine, "accounts">,
  names: { readonly users: readonly string[]; readonly groups: readonly string[] },
): Promise<KnownNames> {
  const listed = new Map((await accounts.all()).map(({ name, uid }) => [name, uid]));
  const users = new Map<string, number | null>();
  for (const name of names.users) {
    const uid = listed.get(name);
    const found =
      uid === undefined
        ? await lookUp(name, async (each) => {
            const entry = await accounts.user(each);
            return entry === null ? null : { name: entry.name, id: entry.uid };
          })
        : ([name, uid] as const);
    if (found !== null) users.set(...found);
  }
  const groups = new Map<string, number | null>();
  for (const name of names.groups) {
    const found = await lookUp(name, async (each) => {
      const entry = await accounts.group(each);
      return entry === null ? null : { name: entry.name, id: entry.gid };
    });
    if (found !== null) groups.set(...found);
  }
  return { users, groups };
}
