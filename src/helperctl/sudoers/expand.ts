import type { Member, SudoCommand, Sudoers } from "./model.ts";

type Aliases<T> = ReadonlyMap<string, readonly T[]>;
type NameOfAlias<T> = (item: T) => string | null;

/** Aliases that hold aliases that hold aliases are followed so far; whoever wants more wants to fill the stack. */
const DEEPEST = 50;

/**
 * Puts the members of an alias in its place. `!` before an alias turns around each of them, as sudo does. Of what
 * stands there twice only the last counts, to sudo too; so no tower of aliases grows without bounds.
 */
function replace<T extends { readonly negated: boolean }>(
  items: readonly T[],
  membersOf: (item: T) => readonly T[] | null,
): T[] {
  const found = new Map<string, T>();
  for (const item of items) {
    for (const each of membersOf(item) ?? [{ ...item, negated: false }]) {
      const member = { ...each, negated: each.negated !== item.negated };
      const key = JSON.stringify(member);
      found.delete(key);
      found.set(key, member);
    }
  }
  return [...found.values()];
}

/** Aliases of which no member is an alias, but for those that are not defined, or that hold themselves. */
function flatten<T extends { readonly negated: boolean }>(
  aliases: Aliases<T>,
  nameOf: NameOfAlias<T>,
): Map<string, readonly T[]> {
  const flat = new Map<string, readonly T[]>();
  const open = new Set<string>();
  const membersOf = (item: T): readonly T[] | null => {
    const name = nameOf(item);
    const members = name === null ? undefined : aliases.get(name);
    if (name === null || members === undefined || open.has(name) || open.size >= DEEPEST) return null;
    const done = flat.get(name);
    if (done !== undefined) return done;
    open.add(name);
    const replaced = replace(members, membersOf);
    open.delete(name);
    flat.set(name, replaced);
    return replaced;
  };
  for (const [name, members] of aliases) {
    open.add(name);
    if (!flat.has(name)) flat.set(name, replace(members, membersOf));
    open.delete(name);
  }
  return flat;
}

const aliasOfMember = ({ kind, name }: Member): string | null => (kind === "alias" ? name : null);
const aliasOfCommand = ({ command, isAlias }: SudoCommand): string | null => (isAlias ? command : null);

export const flattenMembers = (aliases: Aliases<Member>): Aliases<Member> => flatten(aliases, aliasOfMember);
export const flattenCommands = (aliases: Aliases<SudoCommand>): Aliases<SudoCommand> =>
  flatten(aliases, aliasOfCommand);

const membersFrom =
  <T>(aliases: Aliases<T>, nameOf: NameOfAlias<T>) =>
  (item: T): readonly T[] | null =>
    aliases.get(nameOf(item) ?? "") ?? null;

/** A list of users with the members of each alias in its place. */
export const expandUsers = ({ userAliases }: Sudoers, users: readonly Member[]): Member[] =>
  replace(users, membersFrom(userAliases, aliasOfMember));

/** The same for accounts to run as. */
export const expandRunas = ({ runasAliases }: Sudoers, runas: readonly Member[]): Member[] =>
  replace(runas, membersFrom(runasAliases, aliasOfMember));

/** The same for hosts. */
export const expandHosts = ({ hostAliases }: Sudoers, hosts: readonly Member[]): Member[] =>
  replace(hosts, membersFrom(hostAliases, aliasOfMember));

/** The same for commands. */
export const expandCommands = (
  { commandAliases }: Sudoers,
  commands: readonly SudoCommand[],
): SudoCommand[] => replace(commands, membersFrom(commandAliases, aliasOfCommand));
