import type { RequestId } from "../protocol/request.ts";
import type { Results } from "../protocol/results.ts";
import type { Ending } from "./abort.ts";
import { monotonicMs } from "./clock.ts";
import { abortable, pause, withLimits } from "./abort.ts";
import type { Connection, Outgoing } from "./connection.ts";
import { CallTimeoutError, ClientClosedError, ConnectError, UntrustedSocketError } from "./error-classes.ts";
import type { Outcome } from "./errors.ts";
import { HelperError } from "./errors.ts";
import type { Link } from "./link.ts";
import { didNothing, retryDelayMs } from "./retry.ts";
import { UntrustedPath } from "./trust-path.ts";
import type { Pace } from "./types.ts";

export interface Call {
  readonly method: keyof Results;
  readonly id: RequestId;
  /** Made anew for each attempt. @param spentMs of the time limit */
  readonly params: (spentMs: number) => object;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** Null: one attempt. */
  readonly pace: Pace | null;
  readonly onResult?: Outgoing["onResult"];
}

/** Sends a request until there is a definite answer, or time, patience or the caller's interest is over. */
export function perform(link: Link, call: Call): Promise<unknown> {
  const attempts = new Attempts(link, call);
  const { signal, limitMs } = call;
  const endings: Ending[] = [{ signal: link.closing, reason: () => attempts.closed() }];
  if (signal) endings.unshift({ signal, reason: (): unknown => signal.reason });
  return withLimits({ endings, limitMs, onLimit: () => attempts.timeout() }, (ended) => attempts.run(ended));
}

const isSystemError = (cause: unknown): cause is { code: string } =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string";

class Attempts {
  readonly #link: Link;
  readonly #call: Call;
  readonly #began = monotonicMs();
  /** How often each code was met. */
  readonly #failures = new Map<string, number>();
  #lastError: HelperError | undefined;
  /** Whether any attempt so far may have reached the helper. */
  #outcome: Outcome = "none";

  constructor(link: Link, call: Call) {
    this.#link = link;
    this.#call = call;
  }

  timeout(): HelperError {
    const details = { afterMs: this.#call.limitMs, outcome: this.#outcome };
    return new CallTimeoutError(this.#call.id, details, { cause: this.#lastError });
  }

  closed(): HelperError {
    return new ClientClosedError(this.#call.id, { outcome: this.#outcome });
  }

  async run(signal: AbortSignal): Promise<unknown> {
    for (;;) {
      try {
        return await this.#attempt(signal);
      } catch (error) {
        signal.throwIfAborted();
        await pause(this.#delayMs(error), signal);
      }
    }
  }

  async #attempt(signal: AbortSignal): Promise<unknown> {
    const { id, method, params, onResult } = this.#call;
    const connection = await this.#connect(signal);
    const spentMs = this.#lastError === undefined ? 0 : Math.floor(monotonicMs() - this.#began);
    const before = this.#outcome;
    this.#outcome = "unknown";
    try {
      return await connection.request({ id, method, params: params(spentMs), onResult }, signal);
    } catch (error) {
      if (didNothing(error)) this.#outcome = before;
      throw error;
    }
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    for (;;) {
      try {
        const connection = await abortable(this.#link.connection(), signal);
        if (!connection.ended) return connection;
      } catch (cause) {
        signal.throwIfAborted();
        throw this.#connectError(cause);
      }
    }
  }

  #connectError(cause: unknown): unknown {
    const { id } = this.#call;
    const { socketPath } = this.#link;
    if (cause instanceof UntrustedPath) {
      const { component, problem } = cause;
      return new UntrustedSocketError(id, { socketPath, component, problem }, { cause });
    }
    if (!isSystemError(cause)) return cause;
    return new ConnectError(id, { socketPath, reason: cause.code, outcome: this.#outcome }, { cause });
  }

  /** @throws the error itself, where there is to be no other attempt */
  #delayMs(error: unknown): number {
    const { pace, limitMs } = this.#call;
    if (!(error instanceof HelperError) || pace === null) throw error;
    const tries = (this.#failures.get(error.code) ?? 0) + 1;
    this.#failures.set(error.code, tries);
    this.#lastError = error;
    const delayMs = retryDelayMs(error, tries, pace, Math.random());
    if (delayMs === null || monotonicMs() - this.#began + delayMs >= limitMs) throw error;
    return delayMs;
  }
}
