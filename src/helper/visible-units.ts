import type { Peer, Policy, Reason } from "../policy/types.ts";
import type { Target } from "../protocol/target.ts";
import type { UnitState } from "../protocol/unit-state.ts";
import { globsOf, targetOfUnit } from "../units/resolve.ts";
import { authorise } from "./authorise.ts";
import type { Filter } from "./filter.ts";
import { isWithin } from "./filter.ts";
import { Gate } from "./gate.ts";
import type { Services } from "./services.ts";
import type { Subscriber } from "./subscription.ts";
import { read } from "./unit-view.ts";

/** Why a peer may not see a target; null: it may. */
export async function whyHidden(
  services: Services,
  policy: Policy,
  peer: Peer,
  method: "list" | "watch",
  target: Target,
): Promise<Reason | null> {
  const { decision } = await authorise(services, policy, peer, { method, target });
  return decision.verdict === "allow" ? null : decision.reason;
}

/** How many lists are drawn up at a time for one uid: each may be large, and thousands may be asked for in one breath. */
const PLACES = 2;
/** A uid waits for its own lists alone: uid 0 must get its answer whatever a hub asks for. */
const gates = new Map<number | null, Gate>();

function gateOf({ uid }: Peer): Gate {
  const gate = gates.get(uid) ?? new Gate(PLACES);
  gates.set(uid, gate);
  return gate;
}

/** The units that a peer may see and that are not inactive, or have credentials staged. */
export async function listVisible(
  services: Services,
  policy: Policy,
  subscriber: Subscriber,
  method: "list" | "watch",
  filter: Filter,
): Promise<UnitState[]> {
  // A peer that does not read its lists waits outside: inside it would keep the others from theirs.
  while (await subscriber.drained()) {
    const units = await gateOf(subscriber.peer()).pass(async () =>
      // The policy may have changed while this waited, for as long as the peer liked.
      subscriber.hasRoom()
        ? drawUp(services, services.policy.current ?? policy, subscriber.peer(), method, filter)
        : null,
    );
    if (units !== null) return units;
  }
  return []; // the connection is closed
}

async function drawUp(
  services: Services,
  policy: Policy,
  peer: Peer,
  method: "list" | "watch",
  filter: Filter,
): Promise<UnitState[]> {
  const { systemd, store } = services;
  const templates = [...policy.templates.values()];
  const listed = templates.length === 0 ? [] : await systemd.list(globsOf(templates));
  const alive = listed.filter(({ activeState }) => activeState !== "inactive").map(({ name }) => name);
  const names = [...new Set([...alive, ...store.units()])].sort();
  const states = await Promise.all(
    names.map(async (name) => {
      const found = targetOfUnit(templates, name);
      if (found === null || !isWithin(filter, found.target)) return null;
      const hidden = await whyHidden(services, policy, peer, method, found.target);
      return hidden === null ? read(services, found) : null;
    }),
  );
  return states.filter((state) => state !== null);
}
