import type { Socket } from "node:net";
import { ProtocolError } from "../protocol/errors.ts";
import { encodeFrame, FrameReader } from "../protocol/framing.ts";
import type { Request } from "../protocol/request.ts";
import { parseRequest } from "../protocol/request.ts";
import type { Limits } from "../protocol/results.ts";
import type { ConnectedPeer } from "./connected-peer.ts";
import { CredentialOrder } from "./credential-order.ts";
import { dispatch, errorResponse } from "./dispatch.ts";
import type { Services } from "./services.ts";
import type { Subscriber } from "./subscription.ts";

/** Above this many bytes that the peer has not read, or of large requests not yet answered, nothing more is read from it. */
const MOST_PENDING_BYTES = 256 * 1024;
/** Requests up to this size are held back by their number alone: a stop never waits behind starts. */
const SMALL_BYTES = 4096;

/** How long a peer that is being refused may go on sending, unread, before the connection is cut, in milliseconds. */
const LINGER_MS = 1_000;

/** One accepted connection: frames in, replies and notifications out. */
export class Connection {
  readonly #socket: Socket;
  readonly #peer: ConnectedPeer;
  readonly #services: Services;
  readonly #limits: Readonly<Limits>;
  readonly #reader: FrameReader;
  readonly #order = new CredentialOrder();
  readonly #drainWaiters: ((open: boolean) => void)[] = [];
  #frameTimer: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #largeBytes = 0;
  #peerIsDone = false;
  #accepting = true;
  #discarding = false;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;

  constructor(socket: Socket, peer: ConnectedPeer, services: Services, limits: Readonly<Limits>) {
    this.#socket = socket;
    this.#peer = peer;
    this.#services = services;
    this.#limits = limits;
    this.#reader = new FrameReader(limits.frame_bytes);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("end", () => this.#peerEnded());
    socket.on("drain", () => this.#drain(true));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#closed();
        resolve();
      });
    });
  }

  /** This connection, as its subscriptions see it. */
  readonly subscriber: Subscriber = {
    peer: () => this.#peer.now(),
    notify: (method, params) => this.#send({ jsonrpc: "2.0", method, params }),
    hasRoom: () => !this.#socket.writableNeedDrain,
    drained: () => this.#drained(),
  };

  /** Refuses what still comes; what is in flight is answered. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  close(): void {
    this.#socket.destroySoon();
  }

  #receive(chunk: Buffer): void {
    if (this.#discarding) return;
    let whole = 0;
    for (const frame of this.#reader.push(chunk)) {
      if ("tooLong" in frame) {
        this.#refuseAndEnd(new ProtocolError("too-large", { limit: this.#limits.frame_bytes }));
        return;
      }
      whole++;
      this.#handleFrame(frame.bytes);
    }
    this.#watchFrame(whole > 0);
    if (this.#isFull) this.#socket.pause();
  }

  get #isFull(): boolean {
    return this.#socket.writableLength + this.#largeBytes > MOST_PENDING_BYTES;
  }

  #readOn(): void {
    if (this.#socket.isPaused() && !this.#isFull) this.#socket.resume();
  }

  /** A frame that was begun has so long to become whole; a new one has its own time. */
  #watchFrame(isNew: boolean): void {
    if (isNew || !this.#reader.begun) {
      clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    }
    if (!this.#reader.begun) return;
    const seconds = this.#limits.frame_seconds;
    const problem = `a frame was begun and not completed within ${seconds} s`;
    this.#frameTimer ??= setTimeout(
      () => this.#refuseAndEnd(new ProtocolError("invalid-request", { problem })),
      seconds * 1000,
    );
  }

  #handleFrame(bytes: Buffer): void {
    const arrivedAt = performance.now();
    const incoming = parseRequest(bytes);
    if (incoming.kind === "error") this.#send(errorResponse(incoming.id, incoming.error));
    else if (incoming.kind === "request") void this.#answer(incoming.request, arrivedAt, bytes.length);
  }

  async #answer(request: Request, arrivedAt: number, bytes: number): Promise<void> {
    if (!this.#accepting) {
      const problem = "the helper is stopping";
      this.#send(errorResponse(request.id, new ProtocolError("unavailable", { problem, outcome: "none" })));
      return;
    }
    const { limiter } = this.#services;
    const uid = this.#peer.uid ?? -1;
    const afterReply: (() => void)[] = [];
    const largeBytes = bytes > SMALL_BYTES ? bytes : 0;
    this.#inFlight++;
    this.#largeBytes += largeBytes;
    limiter.begun(uid);
    const { subscriber } = this;
    const context = {
      services: this.#services,
      peer: this.#peer,
      subscriber,
      request,
      order: this.#order,
      arrivedAt,
      afterReply,
    };
    const response = await dispatch(context);
    this.#send(response);
    for (const then of afterReply) then();
    limiter.ended(uid);
    this.#inFlight--;
    this.#largeBytes -= largeBytes;
    this.#readOn();
    this.#endWhenDone();
  }

  #drained(): Promise<boolean> {
    if (this.#socket.destroyed || !this.#socket.writable) return Promise.resolve(false);
    if (!this.#socket.writableNeedDrain) return Promise.resolve(true);
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }

  #send(message: unknown): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(message));
  }

  /** Cutting the connection at once could take the error away from a peer that is still sending. */
  #refuseAndEnd(error: ProtocolError): void {
    this.#discarding = true;
    clearTimeout(this.#frameTimer);
    this.#send(errorResponse(null, error));
    // What came before and is answered in time still gets its answer.
    this.#peerEnded();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  #peerEnded(): void {
    this.#peerIsDone = true;
    this.#services.watchers.disconnected(this.subscriber);
    this.#endWhenDone();
  }

  /** A peer that only shut down its writing half still gets its replies. */
  #endWhenDone(): void {
    if (this.#peerIsDone && this.#inFlight === 0) this.#socket.end();
  }

  #drain(open: boolean): void {
    this.#readOn();
    for (const waiter of this.#drainWaiters.splice(0)) waiter(open);
  }

  #closed(): void {
    clearTimeout(this.#frameTimer);
    this.#services.watchers.disconnected(this.subscriber);
    this.#drain(false);
  }
}
