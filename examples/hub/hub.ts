import { createHash, randomBytes } from "node:crypto";
import { EventEmitter, on } from "node:events";
import type { HelperClient, UnitState } from "hub-helper/client";
import { findFreePort } from "./free-port.ts";
import { waitUntilUp } from "./wait-until-up.ts";

/** What the hub remembers of a server that it launched. */
export interface Server {
  readonly user: string;
  /** `""` for the user's default server. */
  readonly server: string;
  readonly unit: string;
  readonly url: string;
  /** SHA-256 of the server's token: enough to recognise it. The token itself is the server's alone. */
  readonly tokenDigest: string;
}

export class ServerEnded extends Error {
  constructor() {
    super("The server ended before it answered; its log has the reason.");
    this.name = "ServerEnded";
  }
}

const keyOf = (user: string, server: string): string => JSON.stringify([user, server]);
const ENDED: ReadonlySet<string> = new Set(["inactive", "failed"]);
const isActive = ({ activeState }: UnitState): boolean => activeState === "active";

export class Hub {
  readonly #helper: HelperClient;
  readonly #servers = new Map<string, Server>();
  readonly #launching = new Map<string, Promise<Server>>();
  /** The last that the watch said of each unit. */
  readonly #latest = new Map<string, UnitState>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(helper: HelperClient) {
    this.#helper = helper;
  }

  /** Gives the server that runs, or launches one. Two who ask at once get the same. */
  launch(user: string, server: string): Promise<Server> {
    const key = keyOf(user, server);
    const launching =
      this.#launching.get(key) ?? this.#launch(user, server).finally(() => this.#launching.delete(key));
    this.#launching.set(key, launching);
    return launching;
  }

  async #launch(user: string, server: string): Promise<Server> {
    const target = { user, server };
    const known = this.#servers.get(keyOf(user, server));
    if (isActive(await this.#helper.status(target))) {
      if (known !== undefined) return known;
      // Left by an earlier hub, with a token that this one does not know. One with a database would keep it.
      await this.#helper.stop(target);
    }
    const token = randomBytes(32).toString("hex");
    const url = `http://127.0.0.1:${await findFreePort()}/`;
    const env = { JUPYTERHUB_API_TOKEN: token, JUPYTERHUB_SERVICE_URL: url };
    const state = await this.#helper.launch(target, { env });
    await this.#whileAlive(state, (signal) => waitUntilUp(url, signal));
    const tokenDigest = createHash("sha256").update(token).digest("hex");
    const launched = { user, server, unit: state.unit, url, tokenDigest };
    this.#servers.set(keyOf(user, server), launched);
    return launched;
  }

  /** Aborts what waits for a server that has ended: nobody will answer. */
  async #whileAlive(started: UnitState, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const dead = new AbortController();
    const look = ({ unit, invocationId, activeState }: UnitState): void => {
      // News may be older than the answer to the start: they are about an earlier invocation then.
      if (unit !== started.unit || invocationId !== started.invocationId) return;
      if (ENDED.has(activeState)) dead.abort(new ServerEnded());
    };
    look(this.#latest.get(started.unit) ?? started);
    this.#changes.on("unit", look);
    await wait(dead.signal).finally(() => this.#changes.off("unit", look));
  }

  async stop(user: string, server: string): Promise<UnitState> {
    const state = await this.#helper.stop({ user, server });
    this.#servers.delete(keyOf(user, server));
    return state;
  }

  list(): Promise<UnitState[]> {
    return this.#helper.list();
  }

  /** Follows every unit that the helper shows to this hub, until the client is closed. */
  async follow(): Promise<void> {
    for await (const event of this.#helper.watch()) {
      for (const unit of event.type === "snapshot" ? event.units : [event.unit]) {
        this.#latest.set(unit.unit, unit);
        this.#changes.emit("unit", unit);
      }
    }
  }

  /** Every change from now on. */
  async *changes(signal: AbortSignal): AsyncGenerator<UnitState, void, undefined> {
    for await (const [unit] of on(this.#changes, "unit", { signal })) yield unit as UnitState;
  }
}
