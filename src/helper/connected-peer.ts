import type { Peer } from "../policy/types.ts";
import type { SocketPeer } from "./posix/peer.ts";
import type { Log } from "./log.ts";
import type { Systemd } from "./systemd/systemd.ts";

const UNIT_LOOKUP_MS = 2_000;

/** Who connected: what the kernel said at accept, and the unit that PID 1 knew the process to be in. */
export class ConnectedPeer {
  readonly pid: number;
  readonly #socketPeer: SocketPeer | null;
  #lookup: Promise<void> | undefined;
  /** The unit at accept, for the record; whether it still counts, `now` says. */
  unitAtAccept: string | null = null;

  /** @param socketPeer null when the kernel gave no identity */
  constructor(socketPeer: SocketPeer | null) {
    this.#socketPeer = socketPeer;
    this.pid = socketPeer?.pid ?? 0;
  }

  get uid(): number | null {
    return this.#socketPeer?.uid ?? null;
  }

  /**
   * Asks PID 1 for the unit, once: where a rule asks for it, and for the records of verbs. A pidfd that is alive when
   * the answer is used vouches that the pid meant the same process all along.
   */
  findUnit(systemd: Systemd, log: Log): Promise<void> {
    return (this.#lookup ??= this.#findUnit(systemd, log));
  }

  async #findUnit(systemd: Systemd, log: Log): Promise<void> {
    const process = this.#socketPeer?.process;
    // A peer of another pid namespace has no pid here; PID 1 takes 0 for whoever asks, which is us.
    if (!process?.alive || this.pid <= 0) return;
    try {
      const unit = await within(UNIT_LOOKUP_MS, systemd.unitOfPid(this.pid));
      // If it has ended meanwhile, the answer may be about another process; `now` then gives no unit.
      this.unitAtAccept = unit;
    } catch (error) {
      log.warn(
        { event: "peer-unit-unknown", peerPid: this.pid, err: error },
        "the unit of a peer is not known",
      );
    }
  }

  /** The peer as of now. Once the process that connected is gone, whoever holds the socket is in no unit that counts. */
  now(): Peer {
    const { uid = null, gid = 0, groups = [], process = null } = this.#socketPeer ?? {};
    return { uid, gid, groups, unit: process?.alive ? this.unitAtAccept : null };
  }

  close(): void {
    this.#socketPeer?.process?.close();
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
