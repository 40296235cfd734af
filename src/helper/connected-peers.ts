import type { PeerSummary } from "../protocol/results.ts";
import type { ConnectedPeer } from "./connected-peer.ts";
import type { Names } from "./names.ts";

/** How many processes are told of: a policy may let in thousands. */
const MOST_SHOWN = 100;

/** Who is connected now. */
export class ConnectedPeers {
  readonly #peers = new Set<ConnectedPeer>();

  add(peer: ConnectedPeer): void {
    this.#peers.add(peer);
  }

  delete(peer: ConnectedPeer): void {
    this.#peers.delete(peer);
  }

  /** One entry a process, those with the most connections first. */
  async summary(names: Names): Promise<PeerSummary[]> {
    const counts = new Map<string, { peer: ConnectedPeer; connections: number }>();
    for (const peer of this.#peers) {
      const key = `${peer.uid ?? ""} ${peer.pid} ${peer.unitAtAccept ?? ""}`;
      const entry = counts.get(key) ?? { peer, connections: 0 };
      entry.connections++;
      counts.set(key, entry);
    }
    const shown = [...counts.values()].toSorted((a, b) => b.connections - a.connections).slice(0, MOST_SHOWN);
    // Once a uid, and not once a process: a hub may have made a hundred of them.
    const users = new Map<number | null, string | null>([[null, null]]);
    for (const { peer } of shown) {
      if (!users.has(peer.uid)) users.set(peer.uid, await names.nameOfUid(peer.uid ?? -1));
    }
    return shown.map(({ peer: { uid, pid, unitAtAccept }, connections }) => ({
      uid,
      user: users.get(uid) ?? null,
      pid,
      unit: unitAtAccept,
      connections,
    }));
  }
}
