import type { Machine } from "../../machine/machine.ts";
import { readSudoers } from "../../sudoers/read-sudoers.ts";
import { SudoersError } from "../../sudoers/sudoers-error.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { hubAccounts } from "../hub/hub-accounts.ts";
import { lookAt } from "../look-at.ts";
import type { SudoersFile } from "../sudo/collect.ts";
import { collect, SUDOERS } from "../sudo/collect.ts";
import type { HubAccount } from "../sudo/left-over.ts";
import { groupsIn, mayConcern } from "../sudo/mentions.ts";
import type { Read } from "../sudo/sudoers-findings.ts";
import { judgeSudoers } from "../sudo/sudoers-findings.ts";

/** The accounts of hubs, with those of their groups that sudoers speaks of. */
async function accountsFor(
  { machine, names, checked }: Context,
  groups: readonly string[],
): Promise<HubAccount[]> {
  const { policy } = await checked();
  const [accounts, gids] = await Promise.all([
    hubAccounts(policy, names, machine.accounts),
    Promise.all(groups.map((group) => names.groupByName(group))),
  ]);
  return accounts.map(({ name, uid, groups: own }) => {
    const named = groups.map((group, at) => [group, gids[at] ?? -1] as const);
    return { name, uid, groups: new Map(named.filter(([, gid]) => own.includes(gid))) };
  });
}

async function understand(machine: Machine, read: SudoersFile): Promise<Read> {
  if ("error" in read) return read;
  const { file, isListed } = read;
  try {
    return { file, isListed, sudoers: await readSudoers(machine, file) };
  } catch (error) {
    if (error instanceof SudoersError) return { file, error };
    throw error;
  }
}

export const sudoers: Check = {
  name: "sudoers",
  title: "what is left of the sudo way in /etc/sudoers and /etc/sudoers.d",
  isRootOnly: true,
  run: async (context) => {
    if (lookAt(SUDOERS) === null) return [];
    const files = await collect();
    const texts = files.flatMap((each) => ("text" in each ? [each.text] : []));
    const accounts = await accountsFor(context, groupsIn(texts));
    const words = accounts.flatMap(({ name, uid, groups }) => [name, `#${uid}`, ...groups.keys()]);
    if (!mayConcern(texts, words)) return [];
    const read = await Promise.all(files.map((each) => understand(context.machine, each)));
    return judgeSudoers(read, accounts);
  },
};
