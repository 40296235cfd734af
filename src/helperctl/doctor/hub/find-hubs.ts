import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Account, Policy } from "../../../policy/types.ts";
import { targetOfUnit } from "../../../units/resolve.ts";
import { UnitTexts } from "../../check/unit-texts.ts";
import { lastOf } from "../../check/unit-file.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Context } from "../context.ts";
import { flagOf, textOf } from "../properties.ts";
import { peersOf } from "./peers.ts";

/** A service that runs as an account that may have servers started, or that a rule names. */
export interface Hub {
  readonly unit: UnitProperties;
  /** Null: it runs as root, or as an account that there is not. */
  readonly account: Account | null;
  /** The account that the rule wants which names the unit; null: none does, or none is wanted. */
  readonly wanted: string | null;
}

const UNITS = "/etc/systemd/system";

/** Services that an admin has written, and that nobody has enabled or started yet. */
async function unloaded(users: ReadonlySet<string>, isOther: (name: string) => boolean): Promise<string[]> {
  const names = (await readdir(UNITS)).filter((name) => /^[^@]+\.service$/.test(name) && isOther(name));
  const texts = new UnitTexts();
  const ofUsers = names.map(async (name) => {
    const { assignments } = await texts.read([join(UNITS, name)]);
    return users.has(lastOf(assignments, "User")?.value ?? "") ? [name] : [];
  });
  return (await Promise.all(ofUsers)).flat();
}

/** Finds the units of hubs. A hub that runs in no unit of its own is not seen. */
export async function findHubs({ machine, names, unit }: Context, policy: Policy): Promise<Hub[]> {
  const { users, units } = await peersOf(policy, machine.accounts);
  if (users.size === 0 && units.size === 0) return [];
  const userOfUnit = await machine.systemd.propertyInMemory(["*.service"], ["Service", "User"]);
  const loaded = [...userOfUnit].filter(([, user]) => users.has(String(user))).map(([name]) => name);
  const others = await unloaded(users, (name) => !userOfUnit.has(name));
  // The servers of a hub's account are judged as servers are.
  const isServer = (name: string): boolean => targetOfUnit(policy.templates.values(), name) !== null;
  const all = [...new Set([...units.keys(), ...loaded, ...others])].filter((name) => !isServer(name));
  const found = await Promise.all(
    all.map(async (name): Promise<Hub[]> => {
      const properties = await unit(name);
      // What systemd-run made goes with its process, and what somebody logged in to is no hub.
      if (properties === null || flagOf(properties, "Transient") || name.startsWith("user@")) return [];
      if (textOf(properties, "LoadState") !== "loaded") return [];
      const user = textOf(properties, "User");
      const account = user === "" ? null : await names.userByName(user);
      return [{ unit: properties, account, wanted: units.get(name) ?? null }];
    }),
  );
  return found.flat();
}
