import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";
import { putProgram } from "./program.ts";
import type { Command, Event } from "./programs/switchboard.ts";

export const SOCKET = "/run/hub-helper/helper.sock";

export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: string } & Readonly<Record<string, unknown>>;
}

/** A response as it came. Exactly one of result and error is there. */
export interface Reply {
  readonly id: number | string | null;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: WireError;
}

export interface Notification {
  readonly method: string;
  readonly params: { readonly subscription: string; readonly unit?: Readonly<Record<string, unknown>> };
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** One raw connection to the helper: what is sent and what comes are the bytes on the wire. */
export class Line {
  readonly #command: (command: Command) => void;
  readonly #number: number;
  readonly #waiting = new Map<number | string, Settle<Reply>>();
  readonly #listeners = new Set<(notification: Notification) => void>();
  #rest = "";
  #nextId = 1;
  /** Every whole line that came, in order. */
  readonly received: string[] = [];
  /** Resolves to the error's code, or "" for an orderly end. */
  readonly closed: Promise<string>;
  #onClosed: (code: string) => void = () => undefined;
  #opened: (() => void) | undefined;
  readonly open: Promise<void>;

  constructor(command: (command: Command) => void, number: number, path: string) {
    this.#command = command;
    this.#number = number;
    this.closed = new Promise((resolve) => (this.#onClosed = resolve));
    this.open = new Promise((resolve, reject) => {
      this.#opened = resolve;
      void this.closed.then((code) => reject(new Error(`not connected: ${code}`)));
    });
    this.open.catch(() => undefined); // told to whoever awaits it
    command(["open", number, path]);
  }

  write(text: string): void {
    this.#command(["write", this.#number, text]);
  }

  /** Sends a request without waiting for what was sent before; rejects when the connection ends first. */
  request(method: string, params: object = {}, id: number | string = this.#nextId++): Promise<Reply> {
    this.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Waits for a notification that is yet to come. */
  heard(isIt: (notification: Notification) => boolean): Promise<Notification> {
    return new Promise((resolve) => {
      const listener = (notification: Notification): void => {
        if (!isIt(notification)) return;
        this.#listeners.delete(listener);
        resolve(notification);
      };
      this.#listeners.add(listener);
    });
  }

  /** Ends the writing half only. */
  end(): void {
    this.#command(["end", this.#number]);
  }

  async close(): Promise<void> {
    this.#command(["destroy", this.#number]);
    await this.closed;
  }

  /** Stops reading, so that what the helper sends fills the socket's buffers. */
  pause(): void {
    this.#command(["pause", this.#number]);
  }

  resume(): void {
    this.#command(["resume", this.#number]);
  }

  take([event, , text = ""]: Event): void {
    if (event === "opened") this.#opened?.();
    else if (event === "data") this.#read(text);
    else this.#lose(text);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      this.received.push(line);
      const message = JSON.parse(line) as Reply | Notification;
      if ("method" in message) for (const listener of this.#listeners) listener(message);
      else this.#settle(message);
    }
  }

  #settle(reply: Reply): void {
    this.#waiting.get(reply.id ?? "")?.resolve(reply);
    this.#waiting.delete(reply.id ?? "");
  }

  #lose(code: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`the connection ended: ${code}`));
    this.#onClosed(code);
  }
}

/** A process in the testbed that makes connections under one account, and ends with the testbed. */
export class Caller {
  readonly #child: ChildProcess;
  readonly #lines = new Map<number, Line>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new TypeError("No pipe.");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as Event;
      this.#lines.get(event[1])?.take(event);
    });
  }

  /** @param prefix a command that runs the caller, such as setpriv(1), in its arguments */
  static async start(testbed: Testbed, user = "jupyter", prefix: readonly string[] = []): Promise<Caller> {
    const argv = [...prefix, ...(await putProgram(testbed, "switchboard"))];
    return new Caller(testbed.spawn(argv, { user, stdio: ["pipe", "pipe", "inherit"] }));
  }

  /** A line that is not open yet; what is written to it waits. */
  dial(path = SOCKET): Line {
    const number = this.#lines.size;
    const line = new Line(
      (command) => this.#child.stdin?.write(`${JSON.stringify(command)}\n`),
      number,
      path,
    );
    this.#lines.set(number, line);
    return line;
  }

  async connect(path = SOCKET): Promise<Line> {
    const line = this.dial(path);
    await line.open;
    return line;
  }

  /** One request over a connection of its own, which is closed again. */
  async ask(method: string, params: object = {}): Promise<Reply> {
    const line = this.dial();
    try {
      return await line.request(method, params);
    } finally {
      await line.close();
    }
  }
}
