import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";

const CLIENTS = join(import.meta.dirname, "clients");
const INSIDE = "/opt/clients";
const DEADLINE_MS = 100_000;

/** Who speaks. */
export interface Speaker {
  /** An account, with its groups; root if not given. */
  readonly user?: string;
  /** A uid with these groups, whether it has an account or not; for accounts that may not connect otherwise, too. */
  readonly as?: { readonly uid: string; readonly gid: string; readonly groups?: readonly string[] };
  /** A command that runs the relay, such as systemd-run. */
  readonly through?: readonly string[];
}

export interface ErrorData extends Record<string, unknown> {
  readonly code: string;
}

/** A frame from the helper. */
export interface Message {
  readonly jsonrpc: string;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data: ErrorData };
}

type Event = Partial<Record<"line" | "closed" | "refused", string> & Record<"open" | "orphan", number>>;

/** The connection could not be made; `code` is the name of the errno. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`connect: ${code}`);
    this.code = code;
  }
}

/** Puts the clients in Python into a testbed. */
export const copyClients = (testbed: Testbed): Promise<void> => testbed.copyIn(CLIENTS, INSIDE);

export const hubProgram = (user: string, token: string): string[] => [
  "python3",
  `${INSIDE}/hub.py`,
  user,
  token,
];

function commandOf({ as, through = [] }: Speaker): string[] {
  const groups = as?.groups ?? [];
  const identity = as && [
    "setpriv",
    `--reuid=${as.uid}`,
    `--regid=${as.gid}`,
    groups.length > 0 ? `--groups=${groups.join(",")}` : "--clear-groups",
  ];
  return [...through, ...(identity ?? []), "python3", `${INSIDE}/relay.py`];
}

/** A connection on which a test says every byte itself, as any account. */
export class RawClient {
  /** Everything that came, in its order. */
  readonly lines: string[] = [];
  readonly messages: Message[] = [];
  /** The process that connected, as the container counts. */
  pid = 0;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #closed: string | null = null;
  #orphan = 0;
  #lastId = 0;
  #wake: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "close");
  }

  /** @throws Refused */
  static async connect(testbed: Testbed, speaker: Speaker = {}): Promise<RawClient> {
    const user = speaker.user === undefined ? {} : { user: speaker.user };
    const child = testbed.spawn(commandOf(speaker), { ...user, stdio: ["pipe", "pipe", "inherit"] });
    const client = new RawClient(child);
    // The relay may have ended: what it is told then goes nowhere.
    child.stdin?.on("error", () => undefined);
    if (child.stdout === null) throw new TypeError("the relay's output must be a pipe");
    const events = createInterface({ input: child.stdout });
    const opened = new Promise<void>((resolve, reject) => {
      events.on("line", (line) => {
        const event = JSON.parse(line) as Event;
        if (event.refused !== undefined) reject(new Refused(event.refused));
        else if (event.open !== undefined) resolve();
        client.#take(event);
      });
      events.on("close", () => reject(new Error("the relay ended")));
    });
    await opened;
    return client;
  }

  #take({ open, line, closed, orphan }: Event): void {
    if (open !== undefined) this.pid = open;
    if (orphan !== undefined) this.#orphan = orphan;
    if (closed !== undefined) this.#closed = Buffer.from(closed, "base64").toString();
    if (line !== undefined) {
      const text = Buffer.from(line, "base64").toString();
      this.lines.push(text);
      this.messages.push(JSON.parse(text) as Message);
    }
    this.#wakeAll();
  }

  #tell(command: object): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Sends bytes as they are, `each` at a time if given. */
  send(bytes: string | Uint8Array, each?: number): void {
    this.#tell({ send: Buffer.from(bytes as string).toString("base64"), each });
  }

  /** Sends a value as one frame. */
  sendFrame(value: unknown): void {
    this.send(`${JSON.stringify(value)}\n`);
  }

  /** Sends a request and gives its id. */
  ask(method: string, params: object = {}): number {
    const id = ++this.#lastId;
    this.sendFrame({ jsonrpc: "2.0", id, method, params });
    return id;
  }

  /** Sends a request and waits for its answer. */
  async call(method: string, params: object = {}): Promise<Message> {
    return this.answer(this.ask(method, params));
  }

  /** Sends a request that must succeed. */
  async result(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const message = await this.call(method, params);
    if (message.result === undefined) throw new Error(`${method}: ${JSON.stringify(message.error)}`);
    return message.result;
  }

  /** Sends a request that must fail. */
  async error(method: string, params: object = {}): Promise<NonNullable<Message["error"]>> {
    const message = await this.call(method, params);
    if (message.error === undefined) throw new Error(`${method}: ${JSON.stringify(message.result)}`);
    return message.error;
  }

  answer(id: string | number | null): Promise<Message> {
    return this.find((message) => message.id === id && message.method === undefined);
  }

  /** The first message, of those after the first `from`, that is what a test waits for. */
  find(isIt: (message: Message) => boolean, from = 0): Promise<Message> {
    return this.#until(() => this.messages.slice(from).find(isIt), "a message");
  }

  /** The notification of a name that a test waits for. */
  notification(name: string, isIt: (params: Record<string, unknown>) => boolean = () => true, from = 0) {
    return this.find(({ method, params }) => method === name && isIt(params ?? {}), from);
  }

  /** Resolves when `count` lines have come. */
  async received(count: number): Promise<readonly string[]> {
    await this.#until(() => this.lines.length >= count || undefined, `${count} lines`);
    return this.lines;
  }

  /** Resolves when the helper has closed the connection, with what it left unfinished. */
  closedByHelper(): Promise<string> {
    return this.#until(() => this.#closed ?? undefined, "the end of the connection");
  }

  get isOpen(): boolean {
    return this.#closed === null;
  }

  /** Says that nothing more will be sent. */
  end(): void {
    this.#tell({ end: true });
  }

  stall(): void {
    this.#tell({ read: false });
  }

  resume(): void {
    this.#tell({ read: true });
  }

  /** Lets a forked child keep the socket while the process that connected ends. @returns the child's process id */
  async orphan(): Promise<number> {
    this.#tell({ orphan: true });
    return this.#until(() => this.#orphan || undefined, "the orphan");
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exited;
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    const end = performance.now() + DEADLINE_MS;
    const timer = setTimeout(() => this.#wakeAll(), DEADLINE_MS + 1);
    try {
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        if (performance.now() >= end)
          throw new Error(`${what} did not come; so far: ${this.lines.join("\n").slice(-2000)}`);
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
