import type { RequestId } from "../protocol/request.ts";
import type { Results } from "../protocol/results.ts";
import { monotonicMs } from "./clock.ts";
import { abortable, pause } from "./abort.ts";
import type { Call } from "./call.ts";
import { perform } from "./call.ts";
import type { Connection, Listener } from "./connection.ts";
import {
  BusyError,
  CallTimeoutError,
  ClientClosedError,
  ConnectError,
  ConnectionLostError,
  DeniedError,
  UnavailableError,
} from "./error-classes.ts";
import type { Link } from "./link.ts";
import { isSnapshot } from "./message.ts";
import { backoffMs } from "./retry.ts";
import type { Pace, WatchEvent } from "./types.ts";
import type { QueueEnd } from "./watch-queue.ts";
import { WatchQueue } from "./watch-queue.ts";

/** What ends a watch only when it comes first: later, the helper is expected back. */
const PASSING = [ConnectionLostError, ConnectError, CallTimeoutError, BusyError, UnavailableError];
const isPassing = (error: unknown): boolean => PASSING.some((Class) => error instanceof Class);

export interface WatchRequest extends Pick<Call, "params" | "limitMs" | "signal" | "pace"> {
  /** How fast to come back after a loss. */
  readonly resyncPace: Pace;
  readonly onLost: (() => void) | undefined;
  readonly createId: () => RequestId;
}

/**
 * The iterator behind `HelperClient.watch`. It subscribes at the first `next()`, and again whenever the
 * connection was lost; each subscription begins with a snapshot.
 */
export class Watch implements AsyncIterableIterator<WatchEvent, undefined>, AsyncDisposable {
  readonly #link: Link;
  readonly #request: WatchRequest;
  readonly #queue = new WatchQueue();
  readonly #stop = new AbortController();
  readonly #onAbort = (): void => this.#cancel({ error: this.#request.signal?.reason });
  #running = false;
  #active: { readonly connection: Connection; readonly subscription: string } | null = null;

  constructor(link: Link, request: WatchRequest) {
    this.#link = link;
    this.#request = request;
  }

  next(): Promise<IteratorResult<WatchEvent, undefined>> {
    if (!this.#running) {
      this.#running = true;
      void this.#run();
    }
    return this.#queue.next();
  }

  /** Ends the watch and tells the helper so. */
  return(): Promise<IteratorResult<WatchEvent, undefined>> {
    this.#cancel("done");
    return this.#queue.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #cancel(end: QueueEnd): void {
    if (this.#stop.signal.aborted) return;
    this.#running = true;
    this.#queue.cancel(end);
    this.#stop.abort();
    this.#active?.connection.unsubscribe(this.#active.subscription);
    this.#active = null;
  }

  async #run(): Promise<void> {
    const { signal } = this.#request;
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    try {
      await this.#follow();
    } catch (error) {
      if (error instanceof ClientClosedError) this.#queue.cancel("done");
      else this.#queue.fail(error);
    } finally {
      signal?.removeEventListener("abort", this.#onAbort);
    }
  }

  async #follow(): Promise<never> {
    let losses = 0;
    let { lost } = await this.#subscribe();
    for (;;) {
      const began = monotonicMs();
      await abortable(lost, this.#stop.signal);
      losses = monotonicMs() - began > this.#request.resyncPace.maxMs ? 1 : losses + 1;
      ({ lost } = await this.#subscribeAgain(losses));
    }
  }

  /** @param losses how many subscriptions were lost in quick succession */
  async #subscribeAgain(losses: number): Promise<Subscribed> {
    const { resyncPace } = this.#request;
    for (let tries = losses; ; tries++) {
      // The first time at once, as for every call.
      if (tries > 1) await pause(backoffMs(tries - 1, resyncPace, Math.random()), this.#stop.signal);
      try {
        return await this.#subscribe();
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
    }
  }

  async #subscribe(): Promise<Subscribed> {
    const { createId, params, limitMs, pace } = this.#request;
    const id = createId();
    const { promise: lost, resolve: onLost } = deferred();
    const onResult = (result: unknown, connection: Connection): boolean => {
      if (!isSnapshot(result)) return false;
      this.#begin(result, connection, this.#listener(id, onLost));
      return true;
    };
    const { signal } = this.#stop;
    await perform(this.#link, { method: "watch", id, params, limitMs, signal, pace, onResult });
    return { lost };
  }

  #begin({ subscription, units }: Results["watch"], connection: Connection, listener: Listener): void {
    if (this.#stop.signal.aborted) {
      connection.unsubscribe(subscription);
      return;
    }
    this.#active = { connection, subscription };
    connection.subscribe(subscription, listener);
    this.#queue.replace(units);
  }

  #listener(id: RequestId, onLost: () => void): Listener {
    return {
      changed: ({ unit }) => this.#queue.change(unit),
      overflowed: ({ units }) => this.#queue.replace(units),
      ended: () => {
        this.#active = null;
        this.#queue.fail(new DeniedError(id, {}, { message: "The policy no longer allows this watch." }));
        this.#stop.abort();
      },
      lost: () => {
        this.#active = null;
        this.#request.onLost?.();
        onLost();
      },
    };
  }
}

/** A subscription in force; `lost` resolves when its connection is gone. In an object: a bare promise would be awaited. */
interface Subscribed {
  readonly lost: Promise<void>;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
