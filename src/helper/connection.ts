import type { Socket } from "node:net";
import { ProtocolError } from "../protocol/errors.ts";
import { encodeFrame, FrameReader } from "../protocol/framing.ts";
import type { Request } from "../protocol/request.ts";
import { parseRequest } from "../protocol/request.ts";
import type { Limits } from "../protocol/results.ts";
import type { ConnectedPeer } from "./connected-peer.ts";
import { CredentialOrder } from "./credential-order.ts";
import { dispatch, errorResponse } from "./dispatch.ts";
import { inLane } from "./in-lane.ts";
import type { Lane } from "./lanes.ts";
import { isHungUp } from "./posix/hang-up.ts";
import type { RequestContext } from "./request-context.ts";
import type { Worker } from "./rotation.ts";
import type { Services } from "./services.ts";
import type { Share, Waiting } from "./shares.ts";
import { LARGE_FRAME_BYTES } from "./shares.ts";
import type { Subscriber } from "./subscription.ts";
import { noteRead } from "./tidy.ts";

/** Above this many bytes that the peer has not read, or of large requests not yet answered, nothing more is read from it. */
const MOST_PENDING_BYTES = 256 * 1024;
/** Requests up to this size are held back by their number alone: a stop never waits behind starts. */
const SMALL_BYTES = 4096;
/** How many requests of one connection may be in hand: taken, and neither answered nor begun as a verb. */
const IN_HAND = 8;

/** How long a peer that has sent a bad frame has to read what it is told, before the connection is cut, in milliseconds. */
const LINGER_MS = 1_000;

/** How much of what a peer sends after a bad frame is read, in bytes. */
const MOST_DISCARDED_BYTES = 1024 * 1024;

/** The part of node's socket that knows its descriptor. */
interface Handled {
  readonly _handle?: { readonly fd?: number } | null;
}

/**
 * One accepted connection: frames in, replies and notifications out. Frames are taken one at a time, when it is the
 * connection's turn, and no faster than they are answered: what is not taken stays in the socket, and slows the peer.
 */
export class Connection implements Worker, Waiting {
  readonly uid: number;
  readonly #socket: Socket;
  readonly #peer: ConnectedPeer;
  readonly #services: Services;
  readonly #limits: Readonly<Limits>;
  readonly #share: Share;
  readonly #reader: FrameReader;
  readonly #order = new CredentialOrder();
  readonly #drainWaiters: ((open: boolean) => void)[] = [];
  /** For what is dropped when the connection goes, and for what goes on: a verb that was begun. */
  readonly #passing: Services;
  readonly #lasting: Services;
  readonly #urgent: Services;
  #frameTimer: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #inHand = 0;
  #largeBytes = 0;
  #holdsLargeFrame = false;
  #peerIsDone = false;
  #accepting = true;
  #discarding = false;
  #discardedBytes = 0;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;

  constructor(socket: Socket, peer: ConnectedPeer, services: Services, limits: Readonly<Limits>) {
    this.uid = peer.uid ?? -1;
    this.#socket = socket;
    this.#peer = peer;
    this.#services = services;
    this.#limits = limits;
    this.#share = services.shares.join(this.uid);
    this.#share.readers.join(this);
    this.#reader = new FrameReader(limits.frame_bytes);
    const lane: Lane = { uid: this.uid, isGone: () => this.#isGone() };
    this.#passing = inLane(services, lane);
    const lasting: Lane = { uid: this.uid, isGone: () => false };
    this.#lasting = inLane(services, lasting);
    this.#urgent = inLane(services, { ...lasting, isUrgent: true });
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
    services: () => this.#passing,
    notify: (method, params) => this.#send({ jsonrpc: "2.0", method, params }),
    hasRoom: () => this.#isOpen && !this.#socket.writableNeedDrain && this.#share.readers.keepUp,
    isGone: () => this.#isGone(),
    drained: () => this.#drained(),
    allDrained: () => this.#allDrained(),
  };

  /** Runs once, when the connection is gone. */
  onGone(then: () => void): void {
    this.#socket.on("close", then);
  }

  /** Begins to read. */
  open(): void {
    this.#socket.on("readable", () => this.wake());
  }

  wake(): void {
    this.#services.rotation.add(this);
  }

  /** Refuses what still comes; what is in flight is answered. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  close(): void {
    this.#socket.destroySoon();
  }

  /** Takes one frame, or reads once. */
  turn(): boolean {
    if (this.#socket.destroyed) return this.#pass();
    if (this.#discarding) return this.#discard();
    if (this.#isFull) return this.#pass();
    if (!this.#share.inHand.isFree) {
      this.#share.inHand.wait(this);
      return false;
    }
    const frame = this.#reader.take();
    if (frame === null) return this.#read();
    if ("tooLong" in frame) {
      this.#refuseAndEnd(new ProtocolError("too-large", { limit: this.#limits.frame_bytes }));
      return false;
    }
    this.#frameEnded();
    this.#handleFrame(frame.bytes);
    return true;
  }

  /** Lets a peer that is still sending come to its end, up to a point: then it waits for the connection to be cut. */
  #discard(): boolean {
    if (this.#discardedBytes > MOST_DISCARDED_BYTES) return false;
    const chunk = this.#socket.read() as Buffer | null;
    if (chunk === null) return false;
    this.#discardedBytes += chunk.length;
    noteRead(chunk.length);
    return true;
  }

  /** Leaves the turn to the next connection that waits for something of its uid's. */
  #pass(): false {
    this.#share.inHand.wakeNext();
    return false;
  }

  #read(): boolean {
    const { largeFrames } = this.#share;
    const { begun, heldBytes } = this.#reader;
    const isLarge = begun && heldBytes + this.#socket.readableLength > LARGE_FRAME_BYTES;
    if (isLarge && !this.#holdsLargeFrame) {
      if (!largeFrames.isFree) {
        // It is not the peer that is slow.
        this.#stopFrameTimer();
        largeFrames.wait(this);
        return this.#pass();
      }
      largeFrames.take();
      this.#holdsLargeFrame = true;
    }
    this.#watchFrame();
    const chunk = this.#socket.read() as Buffer | null;
    if (chunk === null) return this.#pass();
    noteRead(chunk.length);
    this.#reader.feed(chunk);
    return true;
  }

  get #isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  get #isFull(): boolean {
    return this.#inHand >= IN_HAND || this.#socket.writableLength + this.#largeBytes > MOST_PENDING_BYTES;
  }

  /** Whether nobody is at the other end any more. A peer that has shut down its writing half alone is still there. */
  #isGone(): boolean {
    const { destroyed } = this.#socket;
    const fd = (this.#socket as Handled)._handle?.fd;
    if (!destroyed && fd !== undefined && fd >= 0 && isHungUp(fd)) this.#socket.destroy();
    return destroyed || this.#socket.destroyed;
  }

  /** A frame that was begun has so long to become whole; a new one has its own time. */
  #watchFrame(): void {
    if (!this.#reader.begun) return;
    const seconds = this.#limits.frame_seconds;
    const problem = `a frame was begun and not completed within ${seconds} s`;
    this.#frameTimer ??= setTimeout(() => {
      this.#frameTimer = undefined;
      // Where it was not read from, the peer had no chance: its next turn gives it its time again.
      if (this.#isFull || !this.#share.inHand.isFree) return;
      this.#refuseAndEnd(new ProtocolError("invalid-request", { problem }));
    }, seconds * 1000);
  }

  #stopFrameTimer(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
  }

  #frameEnded(): void {
    this.#stopFrameTimer();
    if (this.#holdsLargeFrame) this.#share.largeFrames.give();
    this.#holdsLargeFrame = false;
  }

  #handleFrame(bytes: Buffer): void {
    const arrivedAt = performance.now();
    const incoming = parseRequest(bytes);
    if (incoming.kind === "error") this.#refuseAndEnd(incoming.error);
    else if (incoming.kind === "request") void this.#answer(incoming.request, arrivedAt, bytes.length);
  }

  async #answer(request: Request, arrivedAt: number, bytes: number): Promise<void> {
    if (!this.#accepting) {
      const problem = "the helper is stopping";
      this.#send(errorResponse(request.id, new ProtocolError("unavailable", { problem, outcome: "none" })));
      return;
    }
    const { limiter } = this.#services;
    const afterReply: (() => void)[] = [];
    const largeBytes = bytes > SMALL_BYTES ? bytes : 0;
    const letGo = this.#takeInHand();
    this.#inFlight++;
    this.#largeBytes += largeBytes;
    limiter.begun(this.uid);
    const context: RequestContext = {
      services: this.#passing,
      peer: this.#peer,
      subscriber: this.subscriber,
      request,
      order: this.#order,
      arrivedAt,
      crowdedMs: limiter.crowded(this.uid),
      afterReply,
      lasting: this.#lasting,
      urgent: this.#urgent,
      begin: letGo,
    };
    const response = await dispatch(context);
    this.#send(response);
    for (const then of afterReply) then();
    limiter.ended(this.uid);
    this.#inFlight--;
    this.#largeBytes -= largeBytes;
    letGo();
    this.wake();
    this.#endWhenDone();
  }

  /** @returns what lets the request go, once */
  #takeInHand(): () => void {
    this.#inHand++;
    this.#share.inHand.take();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#inHand--;
      this.#share.inHand.give();
      this.wake();
    };
  }

  #drained(): Promise<boolean> {
    if (!this.#isOpen) return Promise.resolve(false);
    if (!this.#socket.writableNeedDrain) return Promise.resolve(true);
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }

  async #allDrained(): Promise<boolean> {
    while (this.#isOpen && !this.#share.readers.keepUp) await this.#share.readers.change();
    return this.#drained();
  }

  get unreadBytes(): number {
    return this.#socket.writableLength;
  }

  #send(message: unknown): void {
    if (this.#isOpen) this.#socket.write(encodeFrame(message));
  }

  /**
   * Says what was wrong, and takes nothing more of what the peer has sent. Cutting the connection at once could take
   * the error away from a peer that is still sending.
   */
  #refuseAndEnd(error: ProtocolError): void {
    if (this.#discarding) return;
    this.#discarding = true;
    this.#frameEnded();
    this.#send(errorResponse(null, error));
    // What came before and is answered in time still gets its answer.
    this.#peerEnded();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
    this.wake();
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
    this.wake();
    for (const waiter of this.#drainWaiters.splice(0)) waiter(open);
    this.#share.readers.haveRead();
  }

  #closed(): void {
    this.#frameEnded();
    this.#services.watchers.disconnected(this.subscriber);
    this.#drain(false);
    const { rotation, shares } = this.#services;
    rotation.remove(this);
    this.#share.readers.leave(this);
    this.#share.inHand.forget(this);
    this.#share.inHand.wakeNext();
    this.#share.largeFrames.forget(this);
    this.#share.largeFrames.wakeNext();
    shares.leave(this.uid);
  }
}
