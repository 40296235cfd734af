import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { ProtocolError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/framing.ts";
import { ConnectedPeer } from "./connected-peer.ts";
import { Connection } from "./connection.ts";
import { asksForUnits, errorResponse } from "./dispatch.ts";
import { SystemCallError } from "./posix/libc.ts";
import { readPeer } from "./posix/peer.ts";
import type { Services } from "./services.ts";

/** What a peer that finds all places taken is told to wait, in milliseconds. */
const FULL_RETRY_MS = 1_000;

/** What one read brought is all that is held for a connection until its turn: node reads no further above this mark. */
const ONE_CHUNK = 1;
/** node listens again on the socket that it inherits, with 511 unless told otherwise; net.core.somaxconn bounds this. */
const BACKLOG = 4096;

/** The part of node's socket that knows its descriptor. */
interface Handled {
  readonly _handle?: { readonly fd?: number };
}

export interface ServerEvents {
  /** The last connection was closed. */
  onIdle(): void;
  onBusy(): void;
}

/** Accepts connections, and knows who is behind each before it reads a byte. */
export class HelperServer {
  readonly #services: Services;
  readonly #events: ServerEvents;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  constructor(services: Services, events: ServerEvents) {
    this.#services = services;
    this.#events = events;
    const options = { pauseOnConnect: true, allowHalfOpen: true, highWaterMark: ONE_CHUNK };
    this.#server = createServer(options, (socket) => this.#accept(socket));
  }

  /** Listens on an inherited descriptor, or on a path of its own. */
  listen(where: { fd: number } | { path: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...where, backlog: BACKLOG }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  /** Accepts nobody any more: systemd's socket keeps who comes for the next helper. */
  stopListening(): void {
    this.#server.close();
  }

  /** Accepts nobody any more and refuses new requests; what is in flight goes on. */
  drain(): void {
    this.stopListening();
    for (const connection of this.#connections) connection.stopAccepting();
  }

  /** Ends every connection once what was written has been sent. */
  async close(): Promise<void> {
    const closed = [...this.#connections].map((connection) => connection.closed);
    for (const connection of this.#connections) connection.close();
    await Promise.all(closed);
  }

  // The connection is counted before anything is awaited: an idle exit in between would lose it.
  #accept(socket: Socket): void {
    const { limiter, peers } = this.#services;
    socket.on("error", (error) => this.#services.log.debug({ event: "connection-error", err: error }));
    const peer = this.#identify(socket);
    const uid = peer.uid ?? -1;
    this.#events.onBusy();
    const counted = limiter.opened(uid);
    socket.on("close", () => {
      if (counted) limiter.closed(uid);
      peer.close();
      if (limiter.connections === 0) this.#events.onIdle();
    });
    if (!counted) {
      const error = new ProtocolError("busy", { retryAfterMs: FULL_RETRY_MS });
      peer.close();
      // Whoever does not leave would keep a descriptor that no limit counts.
      socket.end(encodeFrame(errorResponse(null, error)), () => socket.destroySoon());
      socket.resume();
      return;
    }
    const connection = new Connection(socket, peer, this.#services, limiter.limits);
    this.#connections.add(connection);
    peers.add(peer);
    socket.on("close", () => {
      this.#connections.delete(connection);
      peers.delete(peer);
    });
    void this.#open(connection, peer);
  }

  #identify(socket: Socket): ConnectedPeer {
    try {
      return new ConnectedPeer(readPeer((socket as Handled)._handle?.fd ?? -1));
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#services.log.warn({ event: "peer-unreadable", err: error });
      return new ConnectedPeer(null);
    }
  }

  async #open(connection: Connection, peer: ConnectedPeer): Promise<void> {
    const { policy, log } = this.#services;
    const { systemd } = connection.subscriber.services();
    if (policy.current && asksForUnits(policy.current)) await peer.findUnit(systemd, log);
    connection.open();
  }
}
