import type { Finding } from "../../finding.ts";
import type { Machine } from "../../machine/machine.ts";
import { quoteForShell, readable } from "../../shell-quote.ts";
import type { Check } from "../check.ts";
import type { Hub } from "../find-hubs.ts";
import { textOf, textsOf } from "../unit-facts.ts";

const GROUP = "hub-helper";

/** Groups whose members are as good as root, or read what is root's alone. */
const POWERFUL = new Set([
  "root",
  "sudo",
  "wheel",
  "adm",
  "disk",
  "docker",
  "lxd",
  "libvirt",
  "kmem",
  "shadow",
]);
/** Logins by PAM need it, and with it the hub can read every hash. */
const SHADOW = "shadow";

/** Sets one thing in a drop-in of the unit's, and restarts the unit where it runs. */
export function setInDropin(unit: string, key: string, value: string): string | null {
  const path = quoteForShell(`/etc/systemd/system/${unit}.d/50-${key.toLowerCase()}.conf`);
  const write = `printf '%s\\n' '[Service]' ${quoteForShell(`${key}=${value}`)} | install -D -m 0644 /dev/stdin ${path}`;
  return readable(`${write} && systemctl daemon-reload && systemctl try-restart ${quoteForShell(unit)}`);
}

interface Setting {
  readonly code: string;
  readonly isAmiss: (hub: Hub) => boolean;
  readonly severity: Finding["severity"];
  readonly text: string;
  readonly key: string;
  readonly value: string;
}

/** A hub needs no privilege at all: that is what the helper is for. */
const SETTINGS: readonly Setting[] = [
  {
    code: "hub-may-gain-privileges",
    severity: "warning",
    isAmiss: ({ properties }) => properties["NoNewPrivileges"] !== true,
    text: "it may become somebody else (sudo, setuid programs): it needs no NoNewPrivileges=no any more",
    key: "NoNewPrivileges",
    value: "yes",
  },
  {
    code: "hub-has-capabilities",
    severity: "warning",
    isAmiss: ({ properties }) => Number(properties["AmbientCapabilities"] ?? 0) !== 0,
    text: "it has capabilities of root's (AmbientCapabilities=), and needs none",
    key: "AmbientCapabilities",
    value: "",
  },
  {
    code: "hub-may-have-capabilities",
    severity: "note",
    isAmiss: ({ properties }) => Number(properties["CapabilityBoundingSet"] ?? 0) !== 0,
    text: "its processes may gain capabilities of root's (CapabilityBoundingSet=), and need none",
    key: "CapabilityBoundingSet",
    value: "",
  },
  {
    code: "hub-may-write",
    severity: "note",
    isAmiss: ({ properties }) => textOf(properties, "ProtectSystem") !== "strict",
    text: "the whole system is in its view as its account may write it (ProtectSystem= is not strict)",
    key: "ProtectSystem",
    value: "strict",
  },
];

export const judgeSettings = (hub: Hub): Finding[] =>
  SETTINGS.filter(({ isAmiss }) => isAmiss(hub)).map(({ code, severity, text, key, value }) => ({
    code,
    severity,
    unit: hub.unit,
    text,
    mend: setInDropin(hub.unit, key, value),
  }));

/** @param groups of the account, by the account database */
export function judgeConnecting({ unit, user, properties }: Hub, groups: readonly string[]): Finding[] {
  const own = [textOf(properties, "Group"), ...textsOf(properties, "SupplementaryGroups"), ...groups];
  if (user === "" || own.includes(GROUP)) return [];
  const text = `it may not connect to the helper: neither SupplementaryGroups= nor its account ${user} is in the group ${GROUP}`;
  return [
    {
      code: "hub-cannot-connect",
      severity: "error",
      unit,
      text,
      mend: setInDropin(unit, "SupplementaryGroups", GROUP),
    },
  ];
}

export function judgeGroups({ unit, user, properties }: Hub, groups: readonly string[]): Finding[] {
  const given = textsOf(properties, "SupplementaryGroups");
  return [...new Set([...groups, ...given])]
    .filter((group) => POWERFUL.has(group))
    .map((group) => ({
      code: "hub-in-powerful-group",
      severity: group === SHADOW ? "note" : "warning",
      unit,
      text:
        group === SHADOW
          ? `its account can read every password's hash (group ${SHADOW}): logins by PAM need that, others do not`
          : `its account ${user} is in the group ${group}, which is as good as being root`,
      mend: groups.includes(group)
        ? `gpasswd --delete ${quoteForShell(user)} ${group} && systemctl try-restart ${quoteForShell(unit)}`
        : null,
    }));
}

export function judgeAccount({ unit, user }: Hub): Finding[] {
  if (user !== "" && user !== "root" && user !== "0") return [];
  const text =
    "it runs as root: let it run as the account that the rule names, which is what the helper is for";
  return [{ code: "hub-is-root", severity: "error", unit, text, mend: null }];
}

/** Names of the groups that an account is in. */
async function groupsOf({ run }: Machine, user: string): Promise<string[]> {
  if (user === "") return [];
  const { stdout } = await run(["id", "--groups", "--name", "--", user]);
  return stdout.trim().split(/\s+/);
}

/** The hub: its own sandbox, and what else it could use than the helper. */
export const hub: Check = {
  name: "hub",
  title: "the hub's own unit",
  async run({ hubs, machine }) {
    const judged = await Promise.all(
      (await hubs()).map(async (each) => {
        const account = judgeAccount(each);
        if (account.length > 0) return account;
        const groups = await groupsOf(machine, each.user);
        return [...judgeConnecting(each, groups), ...judgeSettings(each), ...judgeGroups(each, groups)];
      }),
    );
    return judged.flat();
  },
};
