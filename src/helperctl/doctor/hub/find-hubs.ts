import type { Account, Policy } from "../../../policy/types.ts";
import { targetOfUnit } from "../../../units/resolve.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Context } from "../context.ts";
import { flagOf, textOf } from "../properties.ts";
import { accountsOf } from "./hub-accounts.ts";
import { peersOf } from "./peers.ts";
import { runningServices } from "./running-services.ts";
import { writtenServices } from "./written-services.ts";

/** A service that runs as an account that may have servers started, or that a rule names. */
export interface Hub {
  readonly unit: UnitProperties;
  /** Null: it runs as root, or as an account that there is not. */
  readonly account: Account | null;
  /** The account that the rule wants which names the unit; null: none does, or none is wanted. */
  readonly wanted: string | null;
}

/** Finds the units of hubs. A hub that runs in no unit of its own is not seen. */
export async function findHubs({ machine, names, unit }: Context, policy: Policy): Promise<Hub[]> {
  const { users, units } = await peersOf(policy, machine.accounts);
  if (users.size === 0 && units.size === 0) return [];
  const accounts = await accountsOf(users, names);
  const uids = new Set(accounts.map(({ uid }) => uid));
  const [running, written] = await Promise.all([runningServices(uids), writtenServices(users)]);
  // The servers of a hub's account are judged as servers are.
  const isServer = (name: string): boolean => targetOfUnit(policy.templates.values(), name) !== null;
  const all = [...new Set([...units.keys(), ...running, ...written])].filter((name) => !isServer(name));
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
