import { basename } from "node:path";
import type { Member, SudoCommand, Sudoers, UserSpec } from "../../sudoers/model.ts";

/** The account of a hub, with those of its groups that sudoers speaks of, by name. */
export interface HubAccount {
  readonly name: string;
  readonly uid: number;
  readonly groups: ReadonlyMap<string, number>;
}

/** What a user specification lets a hub do. */
export interface LeftOver {
  readonly account: string | null;
  /** The group that the account has it by; null: by its own name. */
  readonly group: string | null;
}

/** Names of aliases, which may be defined in any of the files. */
export interface Aliases {
  readonly users: ReadonlyMap<string, readonly Member[]>;
  readonly commands: ReadonlyMap<string, readonly SudoCommand[]>;
}

export const aliasesOf = (all: readonly Sudoers[]): Aliases => ({
  users: new Map(all.flatMap(({ userAliases }) => [...userAliases])),
  commands: new Map(all.flatMap(({ commandAliases }) => [...commandAliases])),
});

/** Aliases in aliases have been put in their place already, where one file defines both. */
const expand = (members: readonly Member[], { users }: Aliases): Member[] =>
  members.flatMap((member) =>
    member.kind === "alias" && !member.negated ? (users.get(member.name) ?? []) : [member],
  );

function matchOf(members: readonly Member[], account: HubAccount): LeftOver | null {
  const positive = members.filter(({ negated }) => !negated);
  const { name, uid, groups } = account;
  const isNamed = positive.some(
    (member) =>
      (member.kind === "user" && member.name === name) ||
      (member.kind === "uid" && member.name === String(uid)),
  );
  if (isNamed) return { account: name, group: null };
  for (const [group, gid] of groups) {
    const isIn = positive.some(
      (member) =>
        (member.kind === "group" && member.name === group) ||
        (member.kind === "gid" && member.name === String(gid)),
    );
    if (isIn) return { account: name, group };
  }
  return null;
}

/** sudospawner(1), and the wrapper that its how-to has. */
const SPAWNER = /^sudospawner(?:-singleuser)?$/;

const isSpawner = ({ command, isAlias }: SudoCommand, aliases: Aliases): boolean =>
  isAlias
    ? (aliases.commands.get(command) ?? []).some((each) => !each.isAlias && isSpawner(each, aliases))
    : SPAWNER.test(basename(command.split(" ")[0] ?? ""));

/** What a user specification lets a hub do that the helper is there for. Null: nothing. */
export function leftOverOf(
  spec: UserSpec,
  accounts: readonly HubAccount[],
  aliases: Aliases,
): LeftOver | null {
  const members = expand(spec.users, aliases);
  for (const account of accounts) {
    const match = matchOf(members, account);
    if (match !== null) return match;
  }
  const runsSpawner = spec.grants.some(({ commands }) =>
    commands.some((command) => !command.negated && isSpawner(command, aliases)),
  );
  return runsSpawner ? { account: null, group: null } : null;
}
