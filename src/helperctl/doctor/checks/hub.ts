import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { findHubs } from "../hub/find-hubs.ts";
import { findingOf } from "../hub/hub-findings.ts";
import { findHubPaths } from "../hub/hub-paths.ts";
import { judgeHub } from "../hub/judge-hub.ts";
import { RISKY_GROUPS } from "../hub/risky-groups.ts";
import { GROUP } from "../names.ts";

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
    return [...(await Promise.all(faults)), ...(await Promise.all(paths)).flat()];
  },
};
