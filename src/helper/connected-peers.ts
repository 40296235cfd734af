import type { PeerSummary } from "../protocol/results.ts";
import type { ConnectedPeer } from "./connected-peer.ts";
import { userNameOf } from "./posix/accounts.ts";

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
  async summary(): Promise<PeerSummary[]> {
    const counts = new Map<string, { peer: ConnectedPeer; connections: number }>();
    for (const peer of this.#peers) {
      const key = `${peer.uid ?? ""} ${peer.pid} ${peer.unitAtAccept ?? ""}`;
      const entry = counts.get(key) ?? { peer, connections: 0 };
      entry.connections++;
      counts.set(key, entry);
    }
    const shown = [...counts.values()].toSorted((a, b) => b.connections - a.connections).slice(0, MOST_SHOWN);
    return Promise.all(
      shown.map(async ({ peer: { uid, pid, unitAtAccept }, connections }) => ({
        uid,
        user: uid === null ? null : await userNameOf(uid),
        pid,
        unit: unitAtAccept,
        connections,
      })),
    );
  }
}
