import type { Severity } from "../../finding.ts";
import { GROUP } from "../names.ts";
import { flagOf, textOf, textsOf } from "../properties.ts";
import { capabilitiesOf, NET_BIND_SERVICE } from "./capabilities.ts";
import type { Hub } from "./find-hubs.ts";
import { RISKY_GROUPS } from "./risky-groups.ts";

/** What is wrong with a hub, and how it is mended. */
export interface HubFault {
  readonly code: string;
  readonly severity: Severity;
  /** Goes on from the name of the unit and a colon. */
  readonly problem: string;
  /** The key of `[Service]` that it is about; null where none is. */
  readonly key: string | null;
  readonly mend:
    | { readonly kind: "set"; readonly topic: string; readonly lines: readonly string[] }
    | { readonly kind: "leave"; readonly user: string; readonly group: string }
    | null;
}

/** What a hub is judged against. */
export interface HubGround {
  /** gids of the groups that matter here, by name; those that there are. */
  readonly gids: ReadonlyMap<string, number>;
}

type Judge = (hub: Hub, ground: HubGround) => HubFault[];

const set = (topic: string, ...lines: readonly string[]): HubFault["mend"] => ({ kind: "set", topic, lines });

export const isRoot = ({ unit, account }: Hub): boolean =>
  account?.uid === 0 || ["", "root", "0"].includes(textOf(unit, "User"));

const judgeRoot: Judge = (hub) => {
  if (!isRoot(hub) || flagOf(hub.unit, "DynamicUser")) return [];
  const problem = "runs as root: the helper is there so that a hub need not";
  const mend = hub.wanted === null || hub.wanted === "root" ? null : set("user", `User=${hub.wanted}`);
  return [{ code: "hub-root", severity: "error", problem, key: "User", mend }];
};

const judgePrivileges: Judge = ({ unit }) => {
  if (flagOf(unit, "NoNewPrivileges")) return [];
  const key = "NoNewPrivileges";
  const problem =
    "may gain privileges (NoNewPrivileges=no): whoever takes it over has every setuid program, sudo among them";
  const mend = set("no-new-privileges", `${key}=yes`);
  return [{ code: "hub-no-new-privileges", severity: "warning", problem, key, mend }];
};

const judgeCapabilities: Judge = ({ unit }) => {
  const ambient = capabilitiesOf(unit["AmbientCapabilities"]);
  const [key, bounding] = ["AmbientCapabilities", "CapabilityBoundingSet"];
  if (ambient !== 0n) {
    const isPort = ambient === NET_BIND_SERVICE;
    const problem = isPort
      ? "has CAP_NET_BIND_SERVICE, for a port below 1024: a web server in front of it makes that needless"
      : `has capabilities (${key}=), which no hub needs`;
    const severity = isPort ? "note" : "warning";
    return [
      {
        code: "hub-capabilities",
        severity,
        problem,
        key,
        mend: set("capabilities", `${key}=`, `${bounding}=`),
      },
    ];
  }
  if (capabilitiesOf(unit["CapabilityBoundingSet"]) === 0n) return [];
  const problem = `has none of the capabilities, but is not kept from them (${bounding}= is not empty)`;
  const mend = set("capability-bounding-set", `${bounding}=`);
  return [{ code: "hub-bounding-set", severity: "note", problem, key: bounding, mend }];
};

/** A group that the unit or the account is in, by its name. */
export function isIn({ unit, account }: Hub, group: string, { gids }: HubGround): boolean {
  const gid = gids.get(group);
  const ofUnit = [textOf(unit, "Group"), ...textsOf(unit, "SupplementaryGroups")];
  if (ofUnit.includes(group) || (gid !== undefined && ofUnit.includes(String(gid)))) return true;
  return gid !== undefined && (account?.groups.includes(gid) ?? false);
}

const judgeConnecting: Judge = (hub, ground) => {
  if (isRoot(hub) || isIn(hub, GROUP, ground)) return [];
  const key = "SupplementaryGroups";
  const problem = `is not in the group ${GROUP}, and cannot connect to the helper`;
  return [
    {
      code: "hub-cannot-connect",
      severity: "error",
      problem,
      key,
      mend: set("hub-helper", `${key}=${GROUP}`),
    },
  ];
};

/** `(bas)`: whether the families are those that are allowed, or those that are not. */
type Families = readonly [isAllowed: boolean, families: readonly string[]];

const judgeFamilies: Judge = ({ unit }) => {
  const [isAllowed, families] = (unit["RestrictAddressFamilies"] as Families | undefined) ?? [false, []];
  if (families.includes("AF_UNIX") === isAllowed) return [];
  const key = "RestrictAddressFamilies";
  const problem = `cannot connect to the helper: ${key}= leaves AF_UNIX out`;
  const mend = isAllowed ? set("af-unix", `${key}=AF_UNIX`) : null;
  return [{ code: "hub-cannot-connect", severity: "error", problem, key, mend }];
};

const judgeFiles: Judge = ({ unit }) => {
  const key = "ProtectSystem";
  if (["strict", "full"].includes(textOf(unit, key))) return [];
  const problem = `could be kept from writing /usr and /etc: ${key}=full`;
  return [
    {
      code: "hub-protect-system",
      severity: "note",
      problem,
      key,
      mend: set("protect-system", `${key}=full`),
    },
  ];
};

const judgeGroups: Judge = (hub, ground) => {
  const { account, unit } = hub;
  if (account === null || isRoot(hub)) return [];
  return Object.entries(RISKY_GROUPS).flatMap(([group, { severity, harm }]): HubFault[] => {
    if (!isIn(hub, group, ground)) return [];
    const gid = ground.gids.get(group);
    const isOfAccount = gid !== undefined && gid !== account.gid && account.groups.includes(gid);
    const isOfUnit = textsOf(unit, "SupplementaryGroups").includes(group) || textOf(unit, "Group") === group;
    const problem = `is in the group ${group}: ${harm}`;
    const mend = isOfAccount && !isOfUnit ? ({ kind: "leave", user: account.name, group } as const) : null;
    return [{ code: "hub-group", severity, problem, key: isOfUnit ? "SupplementaryGroups" : null, mend }];
  });
};

const JUDGES: readonly Judge[] = [
  judgeRoot,
  judgePrivileges,
  judgeCapabilities,
  judgeConnecting,
  judgeFamilies,
  judgeFiles,
  judgeGroups,
];

/** Everything that is wrong with one hub. */
export const judgeHub = (hub: Hub, ground: HubGround): HubFault[] =>
  JUDGES.flatMap((judge) => judge(hub, ground));
