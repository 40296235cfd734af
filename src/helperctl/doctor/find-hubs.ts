import type { Policy, Rule } from "../../policy/types.ts";
import { METHODS } from "../../protocol/methods.ts";
import { targetOfUnit } from "../../units/resolve.ts";
import type { Machine, UnitProperties } from "../machine/machine.ts";
import { textOf } from "./unit-facts.ts";

/** A service that a rule lets start and stop other people's servers. */
export interface Hub {
  readonly unit: string;
  readonly properties: UnitProperties;
  /** The account that it runs as; empty: root. */
  readonly user: string;
}

const hasVerbs = ({ methods }: Rule): boolean =>
  [...methods].some((method) => METHODS[method].kind === "verb");

/** Root's own hand is no hub's. */
const hubAccounts = (policy: Policy): Set<string> =>
  new Set(
    policy.rules
      .filter(hasVerbs)
      .map(({ peer }) => peer.user)
      .filter((user) => user !== null && user !== "root") as string[],
  );

const hubUnits = (policy: Policy): string[] =>
  policy.rules.filter(hasVerbs).flatMap(({ peer }) => (peer.unit === null ? [] : [peer.unit]));

/** Services in memory, by the account that they run as: one program for all is quicker than a call for each. */
async function servicesOf({ run }: Machine, accounts: ReadonlySet<string>): Promise<string[]> {
  const { stdout } = await run(["systemctl", "show", "--property=Id,User", "*.service"]);
  return stdout.split("\n\n").flatMap((block) => {
    const [, id] = /^Id=(.+)$/m.exec(block) ?? [];
    const [, user] = /^User=(.+)$/m.exec(block) ?? [];
    return id !== undefined && user !== undefined && accounts.has(user) ? [id] : [];
  });
}

/** An admin's own services, which need not be in memory: a hub that is not started yet is looked at too. */
async function writtenServices({ systemd }: Machine): Promise<string[]> {
  const files = await systemd.unitFiles(["*.service"]);
  return files
    .filter((path) => path.startsWith("/etc/systemd/system/"))
    .map((path) => path.slice(path.lastIndexOf("/") + 1))
    .filter((name) => !name.includes("@."));
}

/** The services of the accounts, and the units, that rules with verbs are for. */
export async function findHubs(policy: Policy, machine: Machine): Promise<Hub[]> {
  const accounts = hubAccounts(policy);
  const named = hubUnits(policy);
  const templates = [...policy.templates.values()];
  const [running, written] = await Promise.all([servicesOf(machine, accounts), writtenServices(machine)]);
  const names = [...new Set([...named, ...running, ...written])].filter(
    (name) => targetOfUnit(templates, name) === null,
  );
  const loaded = await Promise.all(
    names.map(async (unit) => {
      const properties = await machine.systemd.unit(unit);
      return properties === null ? null : { unit, properties, user: textOf(properties, "User") };
    }),
  );
  return loaded
    .filter((hub) => hub !== null && textOf(hub.properties, "LoadState") === "loaded")
    .flatMap((hub) => (hub !== null && (named.includes(hub.unit) || accounts.has(hub.user)) ? [hub] : []));
}
