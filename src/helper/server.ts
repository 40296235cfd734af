import type { Server } from "node:net";
import { createServer, Socket } from "node:net";
import { ProtocolError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/framing.ts";
import { ConnectedPeer } from "./connected-peer.ts";
import { Connection } from "./connection.ts";
import { asksForUnits, errorResponse } from "./dispatch.ts";
import { acceptFrom, hangUp, turnAway } from "./posix/accept.ts";
import { isHungUp } from "./posix/hang-up.ts";
import { SystemCallError } from "./posix/libc.ts";
import { readPeer, type SocketPeer } from "./posix/peer.ts";
import type { Services } from "./services.ts";

/** What a peer that finds all places taken is told to wait, in milliseconds. */
const FULL_RETRY_MS = 1_000;

/** What one read brought is all that is held for a connection until its turn: node reads no further above this mark. */
const ONE_CHUNK = 1;
/** node listens again on the socket that it inherits, with 511 unless told otherwise; net.core.somaxconn bounds this. */
const BACKLOG = 4096;

/** How long connections are accepted before the event loop goes on, in milliseconds. */
const ACCEPT_MS = 0.5;
/** How often connections that are not read from are asked whether they are still there, in milliseconds. */
const SWEEP_MS = 20;
const SWEEP_ALL_MS = 500;

const FULL = encodeFrame(errorResponse(null, new ProtocolError("busy", { retryAfterMs: FULL_RETRY_MS })));
/** `pauseOnCreate` is what node's own server gives to the sockets that it accepts. */
const SOCKET_OPTIONS = { allowHalfOpen: true, highWaterMark: ONE_CHUNK, pauseOnCreate: true };

/** The part of node's sockets and servers that knows the descriptor. */
interface Handled {
  readonly _handle?: { readonly fd?: number } | null;
}

const handleFd = (of: Server | Socket): number | undefined => (of as Handled)._handle?.fd;

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
  #sweptAt = 0;

  constructor(services: Services, events: ServerEvents) {
    this.#services = services;
    this.#events = events;
    const options = { pauseOnConnect: true, allowHalfOpen: true, highWaterMark: ONE_CHUNK };
    this.#server = createServer(options, (socket) => this.#accept(socket));
    setInterval(() => {
      for (const connection of this.#connections) connection.subscriber.isGone();
    }, SWEEP_ALL_MS).unref();
  }

  /** Listens on an inherited descriptor, or on a path of its own. */
  listen(where: { fd: number } | { path: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      // As an argument: for a descriptor, node ignores a backlog among the options.
      this.#server.listen(where, BACKLOG, () => {
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

  /**
   * Node takes one connection a turn of the event loop. Those behind it are taken here: a peer that connects and leaves
   * all the time must not keep the others waiting for turns.
   */
  #acceptMore(): void {
    const listener = handleFd(this.#server);
    const end = performance.now() + ACCEPT_MS;
    while (listener !== undefined && performance.now() < end) {
      const fd = acceptFrom(listener);
      if (fd === null) return;
      this.#acceptFd(fd);
    }
  }

  #acceptFd(fd: number): void {
    if (isHungUp(fd)) {
      hangUp(fd);
      return;
    }
    const socketPeer = this.#identify(fd);
    const uid = socketPeer?.uid ?? -1;
    if (!this.#hasRoom(uid)) {
      socketPeer?.process?.close();
      turnAway(fd, FULL);
      return;
    }
    this.#admit(new Socket({ ...SOCKET_OPTIONS, fd, readable: true, writable: true }), socketPeer);
  }

  #accept(socket: Socket): void {
    const fd = handleFd(socket) ?? -1;
    const socketPeer = isHungUp(fd) ? null : this.#identify(fd);
    if (isHungUp(fd)) socket.destroy();
    else if (this.#hasRoom(socketPeer?.uid ?? -1)) this.#admit(socket, socketPeer);
    else {
      socketPeer?.process?.close();
      socket.on("error", () => undefined);
      // A client that stays would keep a descriptor that no limit counts.
      socket.end(FULL, () => socket.destroySoon());
      socket.resume();
    }
    this.#acceptMore();
  }

  /** Connections that have gone without our reading so are counted out where their places are wanted. */
  #hasRoom(uid: number): boolean {
    const { limiter } = this.#services;
    if (limiter.hasRoom(uid)) return true;
    this.#sweep(uid);
    return limiter.hasRoom(uid);
  }

  #sweep(uid: number): void {
    const now = performance.now();
    if (now < this.#sweptAt + SWEEP_MS) return;
    this.#sweptAt = now;
    for (const connection of this.#connections) if (connection.uid === uid) connection.subscriber.isGone();
  }

  // The connection is counted before anything is awaited: an idle exit in between would lose it.
  #admit(socket: Socket, socketPeer: SocketPeer | null): void {
    const { limiter, peers } = this.#services;
    socket.on("error", (error) => this.#services.log.debug({ event: "connection-error", err: error }));
    const peer = new ConnectedPeer(socketPeer);
    const uid = peer.uid ?? -1;
    this.#events.onBusy();
    limiter.opened(uid);
    const connection = new Connection(socket, peer, this.#services, limiter.limits);
    this.#connections.add(connection);
    peers.add(peer);
    connection.onGone(() => {
      this.#connections.delete(connection);
      peers.delete(peer);
      peer.close();
      limiter.closed(uid);
      if (limiter.connections === 0) this.#events.onIdle();
    });
    void this.#open(connection, peer);
  }

  #identify(fd: number): SocketPeer | null {
    try {
      return readPeer(fd);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#services.log.warn({ event: "peer-unreadable", err: error });
      return null;
    }
  }

  async #open(connection: Connection, peer: ConnectedPeer): Promise<void> {
    const { policy, log } = this.#services;
    const { systemd } = connection.subscriber.services();
    if (policy.current && asksForUnits(policy.current)) await peer.findUnit(systemd, log);
    connection.open();
  }
}
