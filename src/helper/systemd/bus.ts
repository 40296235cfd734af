import type { Duplex, Readable } from "node:stream";
import type { Message as IncomingMessage } from "dbus-next";
import { DBusError, Message, systemBus } from "dbus-next";
import { type Lane, LaneGate, OWN_LANE } from "../lanes.ts";
import { BusError, BusUnavailable } from "./bus-errors.ts";
import { type Changed, Screen } from "./screen.ts";

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface Signal {
  /** The sender's unique name: anybody on the bus can address a signal to us. */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

const SIGNAL = 4;
/** RequestName: D-Bus specification. Without flags, the bus hands over a name that is taken as soon as it is free. */
const QUEUE = 0;
const PRIMARY_OWNER = 1;
const CONNECT_MS = 5_000;
const CALL_MS = 25_000;
/**
 * dbus-daemon refuses the 129th call in flight on one connection. PID 1 answers one after the other, and so few of one
 * uid keep it busy: more would only be in the way of others.
 */
const CALLS_IN_FLIGHT = { places: 100, keptForRoot: 20, perUid: 8 };

type Library = ReturnType<typeof systemBus>;
/** The library tells of the stream's end on its connection only, which it keeps to itself. */
type Inside = Library & { _connection: NodeJS.EventEmitter & { stream?: Duplex } };

/** Who is told what of what arrives. */
export interface BusEvents {
  /** A signal, but for changed properties. */
  onSignal(signal: Signal): void;
  onChanged(changed: Changed): void;
  onClose(): void;
}

/** A name to own from the first moment on. */
export interface Claim {
  readonly name: string;
  /** The bus gave the name to another connection, or to nobody. The connection is good all the same. */
  onRefused(reason: string): void;
}

/** Lets the library read only what the screen lets through. */
function screen(stream: Readable, onChanged: (changed: Changed) => void): void {
  const screen = new Screen(onChanged);
  const push = stream.push.bind(stream);
  stream.push = (chunk: Buffer | null) => push(chunk && screen.take(chunk));
}

/** One connection to the system bus. The library leaves calls hanging when the bus dies; this does not. */
export class Bus {
  readonly #library: Library;
  readonly #pending = new Set<(error: BusUnavailable) => void>();
  readonly #gate = new LaneGate(CALLS_IN_FLIGHT);
  readonly #events: BusEvents;
  #closed: BusUnavailable | null = null;

  private constructor(events: BusEvents, claim: Claim | null) {
    this.#events = events;
    this.#library = systemBus();
    this.#library.on("message", (message: IncomingMessage) => {
      if (message.type === SIGNAL) events.onSignal(message);
    });
    const lost = (error?: Error) => this.#lose(error);
    if (claim !== null) this.#claim(claim, lost);
    (this.#library as NodeJS.EventEmitter).on("error", lost);
    const connection = (this.#library as Inside)._connection;
    connection.on("end", () => lost());
    // The handshake is over then, and nothing comes before the library's first call is answered.
    connection.on("connect", () => {
      if (connection.stream === undefined) throw new TypeError("the bus's connection has no stream");
      screen(connection.stream, (changed) => events.onChanged(changed));
      connection.stream.on("close", () => lost());
    });
  }

  /**
   * Connects to the system bus.
   * @throws BusUnavailable
   */
  static async connect(events: BusEvents, claim: Claim | null = null): Promise<Bus> {
    const bus = new Bus(events, claim);
    await bus.#bounded(CONNECT_MS, false, (resolve) =>
      bus.#library.once("connect", () => resolve(undefined)),
    );
    return bus;
  }

  /** Sends the request right behind the library's Hello, before that is answered: a round trip later, somebody could have sent us megabytes. */
  #claim(claim: Claim, lost: (error?: Error) => void): void {
    const bus = "org.freedesktop.DBus";
    const message = new Message({
      destination: bus,
      path: "/org/freedesktop/DBus",
      interface: bus,
      member: "RequestName",
      signature: "su",
      body: [claim.name, QUEUE],
    });
    this.#library.call(message).then(
      (reply) => {
        if (reply?.body[0] !== PRIMARY_OWNER) claim.onRefused("another connection owns it");
      },
      (error: unknown) => {
        if (error instanceof DBusError) claim.onRefused(error.text);
        else lost(error as Error);
      },
    );
  }

  get open(): boolean {
    return this.#closed === null;
  }

  close(): void {
    this.#lose(new Error("closed by us"));
  }

  /**
   * Calls a method and gives the body of its reply.
   * @throws BusError for an error reply, BusUnavailable when none comes
   */
  call(call: Call, lane: Lane = OWN_LANE): Promise<readonly unknown[]> {
    return this.#gate.pass(lane, async () => {
      if (this.#closed) throw this.#closed;
      if (!this.#isWritable()) throw new BusUnavailable("the connection to the system bus is ending", false);
      try {
        const reply = await this.#bounded<{ body: unknown[] } | null>(CALL_MS, true, (resolve, reject) => {
          const message = new Message({ ...call, body: [...(call.body ?? [])] });
          this.#library.call(message).then(resolve, reject);
        });
        return reply?.body ?? [];
      } catch (error) {
        if (error instanceof DBusError) throw new BusError(error.type, error.text, { cause: error });
        throw error;
      }
    });
  }

  /** A stream that broke says so a little later: what is sent in between the library answers with a bare Error. */
  #isWritable(): boolean {
    return (this.#library as Inside)._connection.stream?.writable === true;
  }

  /** A promise that the bus's end, or time, rejects. */
  async #bounded<T>(
    ms: number,
    sent: boolean,
    begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    let lost: (error: BusUnavailable) => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        lost = ({ message, cause }) => reject(new BusUnavailable(message, sent, { cause }));
        this.#pending.add(lost);
        timer = setTimeout(() => reject(new BusUnavailable("the bus does not answer", sent)), ms);
        begin(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(lost);
    }
  }

  #lose(cause?: Error): void {
    if (this.#closed) return;
    this.#closed = new BusUnavailable("the connection to the system bus is gone", false, { cause });
    this.#library.disconnect();
    for (const lost of this.#pending) lost(this.#closed);
    this.#events.onClose();
  }
}
