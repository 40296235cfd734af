import { release } from "node:os";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { findHubs } from "../hub/find-hubs.ts";
import { hubAccounts } from "../hub/hub-accounts.ts";
import { findingOf } from "../hub/hub-findings.ts";
import { findHubPaths } from "../hub/hub-paths.ts";
import { judgeHub } from "../hub/judge-hub.ts";
import { advisePeerUnits } from "../hub/peer-units.ts";
import { findProxies } from "../hub/proxies.ts";
import { RISKY_GROUPS } from "../hub/risky-groups.ts";
import { GROUP } from "../names.ts";
import { textOf } from "../properties.ts";

async function gidsOf({ names }: Context): Promise<Map<string, number>> {
  const looked = [GROUP, ...Object.keys(RISKY_GROUPS)].map(async (group) => {
    const gid = await names.groupByName(group);
    return gid === null ? [] : [[group, gid] as const];
  });
  return new Map((await Promise.all(looked)).flat());
}

export const hub: Check = {
  name: "hub",
  title: "the hub's unit and account: that it connects, and is nobody",
  run: async (context) => {
    const { policy } = await context.checked();
    if (policy === null) return [];
    const [hubs, gids] = await Promise.all([findHubs(context, policy), gidsOf(context)]);
    const faults = hubs.flatMap((each) =>
      judgeHub(each, { gids }).map((fault) => findingOf(each.unit, fault)),
    );
    const paths = hubs.map(({ unit }) => findHubPaths(unit));
    const accounts = await hubAccounts(policy, context.names, context.machine.accounts);
    const trusted = {
      hubs: new Map(accounts.map(({ uid, name }) => [uid, name])),
      group: gids.get(GROUP) ?? null,
    };
    const names = new Map<string, string[]>();
    for (const { account, unit } of hubs) {
      const name = account?.name ?? "";
      names.set(name, [...(names.get(name) ?? []), textOf(unit, "Id")]);
    }
    return [
      ...(await Promise.all(faults)),
      ...(await Promise.all(paths)).flat(),
      ...(await findProxies(trusted)),
      ...advisePeerUnits(policy, names, release()),
    ];
  },
};
