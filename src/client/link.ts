import { connect } from "node:net";
import type { RequestId } from "../protocol/request.ts";
import { Connection } from "./connection.ts";
import { ClientClosedError } from "./error-classes.ts";
import type { Trust } from "./trust-path.ts";
import { resolveTrusted } from "./trust-path.ts";

export interface LinkOptions {
  readonly socketPath: string;
  /** Null: connect without a look at the path. */
  readonly trust: Trust | null;
  readonly idleCloseMs: number;
  readonly createId: () => RequestId;
}

/** The one connection of a client: opened when first needed, shared, and opened again after it ended. */
export class Link {
  readonly socketPath: string;
  readonly #options: LinkOptions;
  #current: Promise<Connection> | null = null;
  #open: Connection | null = null;
  readonly #closing = new AbortController();

  constructor(options: LinkOptions) {
    this.socketPath = options.socketPath;
    this.#options = options;
  }

  /** Aborts when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws UntrustedPath, or the system's error */
  connection(): Promise<Connection> {
    return (this.#current ??= this.#connect());
  }

  close(): void {
    this.#closing.abort();
    this.#open?.close((id) => new ClientClosedError(id, { outcome: "unknown" }));
  }

  async #connect(): Promise<Connection> {
    try {
      const { socketPath, trust } = this.#options;
      const path = trust === null ? socketPath : await resolveTrusted(socketPath, trust);
      return await this.#dial(path);
    } catch (error) {
      this.#current = null;
      throw error;
    }
  }

  #dial(path: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        const onEnd = (): void => {
          this.#current = null;
          this.#open = null;
        };
        this.#open = new Connection(socket, { ...this.#options, onEnd });
        resolve(this.#open);
        if (this.closing.aborted) this.close();
      });
    });
  }
}
