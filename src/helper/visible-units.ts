import type { Facts, Peer, Policy, Reason } from "../policy/types.ts";
import type { Target } from "../protocol/target.ts";
import type { UnitState } from "../protocol/unit-state.ts";
import { globsOf, targetOfUnit } from "../units/resolve.ts";
import { authorise } from "./authorise.ts";
import type { Filter } from "./filter.ts";
import { isWithin } from "./filter.ts";
import { Gone, LaneGate } from "./lanes.ts";
import type { Services } from "./services.ts";
import type { Subscriber } from "./subscription.ts";
import { read } from "./unit-view.ts";

/** What was found out of accounts for one list: a hub may have thousands of servers of one user. */
type KnownAccounts = Map<string, NonNullable<Facts["account"]>>;

/** Why a peer may not see a target; null: it may. */
export async function whyHidden(
  services: Services,
  policy: Policy,
  peer: Peer,
  method: "list" | "watch",
  target: Target,
  known: KnownAccounts = new Map(),
): Promise<Reason | null> {
  const key = `${target.template} ${target.user}`;
  const account = known.get(key);
  const question = { method, target };
  const { decision, facts } = await authorise(services, policy, peer, question, account ? { account } : {});
  if (facts.account) known.set(key, facts.account);
  return decision.verdict === "allow" ? null : decision.reason;
}

/** How many lists are drawn up at a time: each may be large, and thousands may be asked for in one breath. */
const gate = new LaneGate({ places: 6, keptForRoot: 2, perUid: 1 });
/** How many units of one list are read at a time: PID 1 answers one after the other. */
const READ_AT_ONCE = 4;

/** The units that a peer may see and that are not inactive, or have credentials staged. */
export async function listVisible(
  services: Services,
  policy: Policy,
  subscriber: Subscriber,
  method: "list" | "watch",
  filter: Filter,
): Promise<UnitState[]> {
  // A peer that does not read its lists waits outside: inside it would keep the others from theirs.
  while (await subscriber.allDrained()) {
    const units = await gate.pass(services.lane, async () =>
      // The policy may have changed while this waited, for as long as the peer liked.
      subscriber.hasRoom()
        ? drawUp(services, services.policy.current ?? policy, subscriber, method, filter)
        : null,
    );
    if (units !== null) return units;
  }
  return []; // the connection is closed
}

async function drawUp(
  services: Services,
  policy: Policy,
  subscriber: Subscriber,
  method: "list" | "watch",
  filter: Filter,
): Promise<UnitState[]> {
  const { systemd, store, rotation, lane } = services;
  const templates = [...policy.templates.values()];
  const listed = templates.length === 0 ? [] : await systemd.list(globsOf(templates));
  const alive = listed.filter(({ activeState }) => activeState !== "inactive").map(({ name }) => name);
  const names = [...new Set([...alive, ...store.units()])].sort();
  const states = new Map<string, UnitState>();
  const accounts: KnownAccounts = new Map();
  const look = async (name: string): Promise<void> => {
    // A list in the middle of its reads ends with its connection.
    if (subscriber.isGone()) throw new Gone();
    const found = targetOfUnit(templates, name);
    if (found === null || !isWithin(filter, found.target)) return;
    const hidden = await whyHidden(services, policy, subscriber.peer(), method, found.target, accounts);
    if (hidden === null) states.set(name, await read(services, found));
  };
  const ahead = names.values();
  const readers = Array.from({ length: READ_AT_ONCE }, async () => {
    for (const name of ahead) await rotation.begin(lane.uid, () => look(name));
  });
  await Promise.all(readers);
  return names.flatMap((name) => states.get(name) ?? []);
}
