import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { hubAccounts } from "../hub/hub-accounts.ts";
import { lookAt } from "../look-at.ts";
import { collect, SUDOERS } from "../sudo/collect.ts";
import type { HubAccount } from "../sudo/left-over.ts";
import { judgeSudoers } from "../sudo/sudoers-findings.ts";

/** The accounts with the names of their groups, which sudoers goes by. */
async function namedAccounts({ machine, names, checked }: Context): Promise<HubAccount[]> {
  const { policy } = await checked();
  const found = await hubAccounts(policy, names, machine.accounts);
  return Promise.all(
    found.map(async ({ name, uid, groups }) => {
      const entries = await Promise.all(groups.map((gid) => machine.accounts.group(gid)));
      const named = entries
        .filter((entry) => entry !== null)
        .map((entry) => [entry.name, entry.gid] as const);
      return { name, uid, groups: new Map(named) };
    }),
  );
}

export const sudoers: Check = {
  name: "sudoers",
  title: "what is left of the sudo way in /etc/sudoers and /etc/sudoers.d",
  isRootOnly: true,
  run: async (context) => {
    if ((await lookAt(SUDOERS)) === null) return [];
    const [files, accounts] = await Promise.all([collect(context.machine), namedAccounts(context)]);
    return judgeSudoers(files, accounts);
  },
};
