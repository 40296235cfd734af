import type { Socket } from "node:net";
import type { JSONRPCResponse } from "json-rpc-2.0";
import { JSONRPCClient } from "json-rpc-2.0";
import { encodeFrame, FrameReader } from "../protocol/framing.ts";
import type { RequestId } from "../protocol/request.ts";
import type { Notifications } from "../protocol/results.ts";
import { abortable } from "./abort.ts";
import { BadReplyError, ConnectionLostError } from "./error-classes.ts";
import { HelperError } from "./errors.ts";
import type { Message, NotificationMessage } from "./message.ts";
import { readMessage } from "./message.ts";
import type { ArrivedError } from "./wire-error.ts";
import { errorFromWire, splitData } from "./wire-error.ts";

/** Replies have no cap in the protocol; this one is against a helper gone wrong, in bytes. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

export interface Outgoing {
  readonly id: RequestId;
  readonly method: string;
  readonly params: object;
  /** Runs while the reply is read, before anything that follows it in the stream. False: not a right result. */
  readonly onResult?: ((result: unknown, connection: Connection) => boolean) | undefined;
}

/** Where the events of one subscription go. */
export interface Listener {
  changed(params: Notifications["unit-changed"]): void;
  overflowed(params: Notifications["watch-overflow"]): void;
  /** The policy no longer allows it. */
  ended(): void;
  /** The connection is gone, and the subscription with it. */
  lost(): void;
}

interface InFlight {
  readonly onResult: Outgoing["onResult"];
  readonly bytes: number;
}

type ErrorFor = (id: RequestId, inFlight: InFlight) => HelperError;

export interface ConnectionOptions {
  readonly idleCloseMs: number;
  readonly createId: () => RequestId;
  readonly onEnd: () => void;
}

/** One open connection: frames, calls in flight, subscriptions, and the end of all three. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(MAX_REPLY_BYTES);
  readonly #rpc = new JSONRPCClient<string>((_request, frame) => void this.#socket.write(frame));
  readonly #inFlight = new Map<RequestId, InFlight>();
  readonly #listeners = new Map<string, Listener>();
  #callers = 0;
  #idle: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (cause) => this.#lose(cause));
    // At the first sign, and not when everything is flushed: a helper that is gone reads nothing any more.
    socket.on("end", () => this.#lose());
    socket.on("close", () => this.#lose());
    this.#settle();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Writes a request before it returns, and resolves to its result.
   * @throws HelperError; the signal's reason; TypeError where the id is in flight already
   */
  async request(outgoing: Outgoing, signal: AbortSignal): Promise<unknown> {
    const { id, method, params, onResult } = outgoing;
    if (this.#inFlight.has(id)) throw new TypeError(`A request with the id ${id} is in flight already.`);
    const reply = this.#send({ id, method, params, onResult });
    this.#callers++;
    this.#settle();
    try {
      const response = await abortable(reply, signal);
      const { error } = response;
      if (error === undefined) return response.result as unknown;
      throw error.data instanceof HelperError ? error.data : errorFromWire(error, id);
    } finally {
      this.#callers--;
      this.#settle();
    }
  }

  subscribe(subscription: string, listener: Listener): void {
    this.#listeners.set(subscription, listener);
    this.#settle();
  }

  /** Forgets a subscription and tells the helper so. */
  unsubscribe(subscription: string): void {
    this.#listeners.delete(subscription);
    if (this.#ended) return;
    void this.#send({ id: this.#options.createId(), method: "unwatch", params: { subscription } });
    this.#settle();
  }

  /** Ends the connection; calls in flight fail with what `errorFor` makes. */
  close(errorFor: ErrorFor): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idle);
    this.#socket.destroy();
    this.#options.onEnd();
    for (const [id, inFlight] of this.#inFlight) {
      const error = { code: 0, message: "", data: errorFor(id, inFlight) };
      this.#rpc.receive({ jsonrpc: "2.0", id, error });
    }
    for (const listener of this.#listeners.values()) listener.lost();
  }

  #lose(cause?: Error): void {
    this.close((id) => new ConnectionLostError(id, { outcome: "unknown" }, { cause }));
  }

  #send({ id, method, params, onResult }: Outgoing): PromiseLike<JSONRPCResponse> {
    const request = { jsonrpc: "2.0" as const, id, method, params };
    const frame = encodeFrame(request);
    this.#inFlight.set(id, { onResult, bytes: Buffer.byteLength(frame) - 1 });
    return this.#rpc.requestAdvanced(request, frame);
  }

  // A connection that nobody uses keeps no process alive, and is closed after a while.
  #settle(): void {
    clearTimeout(this.#idle);
    if (this.#ended) return;
    if (this.#callers > 0 || this.#listeners.size > 0) {
      this.#socket.ref();
      return;
    }
    this.#socket.unref();
    this.#idle = setTimeout(() => this.#lose(), this.#options.idleCloseMs).unref();
  }

  #read(chunk: Buffer): void {
    for (const frame of this.#reader.push(chunk)) {
      if (this.#ended) return;
      this.#receive(
        "tooLong" in frame
          ? { kind: "malformed", problem: `a line of more than ${MAX_REPLY_BYTES} bytes` }
          : readMessage(frame.bytes),
      );
    }
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "result":
        this.#take(message.id, message.result);
        return;
      case "error":
        if (message.id === null) this.#refuseFrame(message.error);
        else this.#answer({ jsonrpc: "2.0", id: message.id, error: { ...message.error } });
        return;
      case "notification":
        this.#notify(message);
        return;
      case "malformed":
        this.#reject(message.problem);
        return;
      case "ignored":
        return;
    }
  }

  #take(id: RequestId, result: unknown): void {
    const accepted = this.#inFlight.get(id)?.onResult?.(result, this) ?? true;
    if (accepted) this.#answer({ jsonrpc: "2.0", id, result });
    else this.#reject("a result without its members");
  }

  #answer(reply: JSONRPCResponse & { id: RequestId }): void {
    this.#inFlight.delete(reply.id);
    this.#rpc.receive(reply);
  }

  #reject(problem: string): void {
    this.close((id) => new BadReplyError(id, { problem, outcome: "unknown" }));
  }

  // The helper does not know whose frame it was. Where it was too long, we do.
  #refuseFrame(error: ArrivedError): void {
    const { code, details } = splitData(error);
    const limit = code === "too-large" && "limit" in details ? Number(details.limit) : 0;
    this.close((id, { bytes }) =>
      bytes > limit ? errorFromWire(error, id) : new ConnectionLostError(id, { outcome: "unknown" }),
    );
  }

  #notify({ method, params }: NotificationMessage): void {
    const listener = this.#listeners.get(params.subscription);
    if (listener === undefined) return;
    switch (method) {
      case "unit-changed":
        listener.changed(params);
        return;
      case "watch-overflow":
        listener.overflowed(params);
        return;
      case "watch-ended":
        this.#listeners.delete(params.subscription);
        this.#settle();
        listener.ended();
        return;
    }
  }
}
