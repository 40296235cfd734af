import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ErrorCode, ErrorDetails } from "../../src/protocol/errors.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { encodeFrame, FrameReader } from "../../src/protocol/framing.ts";

export interface ReceivedRequest {
  id: string | number;
  method: string;
  params: Record<string, unknown>;
}

/** The helper's end of one accepted connection, played by a script. */
export class Peer {
  /** Which connection of the server this is, from 0. */
  readonly number: number;
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #reader = new FrameReader(1 << 24);
  readonly #requests: ReceivedRequest[] = [];
  #arrival: (() => void) | null = null;

  constructor(socket: Socket, number: number) {
    this.socket = socket;
    this.number = number;
    // Endings of every kind are what these tests are about.
    socket.on("error", () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#arrival?.();
        resolve();
      });
    });
  }

  listen(): this {
    this.socket.on("data", (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) {
        if ("bytes" in frame) this.#requests.push(JSON.parse(frame.bytes.toString()) as ReceivedRequest);
      }
      this.#arrival?.();
    });
    return this;
  }

  /** The requests, in the order of their arrival, until the connection is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedRequest, void> {
    this.listen();
    for (;;) {
      const request = this.#requests.shift();
      if (request) yield request;
      else if (this.socket.destroyed) return;
      else await new Promise<void>((resolve) => (this.#arrival = resolve));
    }
  }

  send(...messages: object[]): void {
    this.socket.write(messages.map(encodeFrame).join(""));
  }

  reply(request: { id: string | number }, result: unknown): void {
    this.send({ jsonrpc: "2.0", id: request.id, result });
  }

  fail<Code extends ErrorCode>(
    request: { id: string | number | null },
    code: Code,
    details: ErrorDetails[Code],
  ): void {
    this.send({ jsonrpc: "2.0", id: request.id, error: new ProtocolError(code, details).toWire() });
  }
}

export const notification = (method: string, params: object): object => ({ jsonrpc: "2.0", method, params });
export const result = (request: { id: string | number }, value: unknown): object => ({
  jsonrpc: "2.0",
  id: request.id,
  result: value,
});

type Script = (peer: Peer) => Promise<void> | void;

/** A real socket in a directory of its own, with a script for each connection. */
export class LineServer implements AsyncDisposable {
  readonly path: string;
  readonly #directory: string;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  readonly #failures: unknown[] = [];
  accepted = 0;

  private constructor(directory: string, script: Script) {
    this.#directory = directory;
    this.path = join(directory, "helper.sock");
    this.#server = createServer((socket) => {
      const peer = new Peer(socket, this.accepted++);
      this.#peers.add(peer);
      void peer.closed.then(() => this.#peers.delete(peer));
      Promise.resolve(script(peer)).catch((error: unknown) => this.#failures.push(error));
    });
  }

  static async start(script: Script): Promise<LineServer> {
    const server = new LineServer(await mkdtemp(join(tmpdir(), "line-server-")), script);
    await server.listen();
    return server;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.path);
    await once(this.#server, "listening");
  }

  /** Takes the socket away and ends every connection. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const peer of this.#peers) peer.socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true });
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "a script failed");
  }
}

/** Answers every request by its method. */
export const answering =
  (answer: (request: ReceivedRequest, peer: Peer) => unknown): Script =>
  async (peer) => {
    for await (const request of peer) peer.reply(request, answer(request, peer));
  };
