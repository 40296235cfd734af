import type { DescribeResult, ExplainResult, ResultOf, Results } from "../protocol/results.ts";
import type { UnitState } from "../protocol/unit-state.ts";
import type { Call } from "./call.ts";
import { perform } from "./call.ts";
import { launch } from "./launch.ts";
import { Link } from "./link.ts";
import { credentialParams, filterParams, targetParams } from "./request-params.ts";
import { DEFAULT_PACE } from "./retry.ts";
import type { Settings } from "./settings.ts";
import { checkId, checkMs, settingsFrom } from "./settings.ts";
import type {
  CallOptions,
  Credentials,
  ExplainedPeer,
  Filter,
  HelperClientOptions,
  Target,
  WatchEvent,
  WatchOptions,
} from "./types.ts";
import { Watch } from "./watch.ts";

/** The protocol's own default for a job. */
export const DEFAULT_JOB_TIMEOUT_MS = 120_000;
/** How much longer than its job a call may take: the helper's answer about the time limit has to arrive. */
const JOB_GRACE_MS = 10_000;

/**
 * A hub's side of the helper. One connection, opened at the first call, shared by all calls, closed when unused
 * and opened again when needed.
 *
 * Every call rejects with a `HelperError` whose `code` says what happened, with the reason of its `signal`, or
 * with a RangeError or TypeError where its options are not usable.
 */
export class HelperClient implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #link: Link;

  /** @throws RangeError where a time is not usable */
  constructor(options: HelperClientOptions = {}) {
    this.#settings = settingsFrom(options);
    this.#link = new Link(this.#settings);
  }

  /** What this process may do, and the limits in force. */
  describe(options: CallOptions = {}): Promise<DescribeResult> {
    return this.#call("describe", {}, options);
  }

  /**
   * Starts the target's unit, and resolves when systemd's job is done. What is active stays as it is.
   * A call that is repeated after a lost connection may run a `Type=oneshot` unit twice.
   * @throws JobFailedError with `details.state` and `details.hint`, a sentence for the user; JobTimeoutError;
   * InterruptedError; UnitNotFoundError; UnitRefusedError; DeniedError
   */
  start(target: Target, options: CallOptions = {}): Promise<UnitState> {
    return this.#job("start", target, options);
  }

  /**
   * Stops the target's unit, and resolves when it is down. Stopping what does not run succeeds.
   * @throws JobFailedError; JobTimeoutError; InterruptedError; DeniedError
   */
  stop(target: Target, options: CallOptions = {}): Promise<UnitState> {
    return this.#job("stop", target, options);
  }

  /** Clears the failed state of the target's unit, and its start limit. @throws DeniedError */
  resetFailed(target: Target, options: CallOptions = {}): Promise<UnitState> {
    return this.#call("reset-failed", targetParams(target), options);
  }

  /**
   * Stages credentials for the next start of the target's unit, in place of the earlier set. Resolves to the
   * names and sizes of what is staged.
   * @throws CredentialsRefusedError with the name; TooLargeError; UnitNotFoundError; UnitRefusedError; DeniedError
   */
  writeCredentials(
    target: Target,
    credentials: Credentials,
    options: CallOptions = {},
  ): Promise<ResultOf<"write-credentials">> {
    const params = { ...targetParams(target), ...credentialParams(credentials) };
    return this.#call("write-credentials", params, options);
  }

  /** Takes staged credentials away; `removed` is how many there were. @throws DeniedError */
  removeCredentials(target: Target, options: CallOptions = {}): Promise<ResultOf<"remove-credentials">> {
    return this.#call("remove-credentials", targetParams(target), options);
  }

  /** What systemd says of the target's unit, also where there is none. @throws DeniedError */
  status(target: Target, options: CallOptions = {}): Promise<UnitState> {
    return this.#call("status", targetParams(target), options);
  }

  /** The units this process may see that are not inactive, or have staged credentials. @throws DeniedError */
  async list(filter: Filter = {}, options: CallOptions = {}): Promise<UnitState[]> {
    return (await this.#call("list", filterParams(filter), options)).units;
  }

  /**
   * Follows the units of `list`: a snapshot, then changes. It subscribes at the first `next()`, and by itself
   * again after the connection was lost; another snapshot then takes the place of what was missed. A slow
   * consumer gets the latest state of each unit, not every state it went through.
   *
   * Ends when the loop is left, and when the client is closed.
   * @throws from `next()`: the reason of `signal`; DeniedError where the policy does not, or no longer, allow it;
   * until the first snapshot, what any call throws
   */
  watch(filter: Filter = {}, options: WatchOptions = {}): AsyncIterableIterator<WatchEvent, undefined> {
    const { createId, pace, timeoutMs } = this.#settings;
    return new Watch(this.#link, {
      params: () => filterParams(filter),
      limitMs: checkMs("timeoutMs", options.timeoutMs ?? timeoutMs),
      signal: options.signal,
      onLost: options.onLost,
      pace,
      resyncPace: pace ?? DEFAULT_PACE,
      createId,
    });
  }

  /** Why a peer may, or may not, use a method on a target. For uid 0 only. @throws DeniedError */
  explain(
    peer: ExplainedPeer,
    method: string,
    target: Target,
    options: CallOptions = {},
  ): Promise<ExplainResult> {
    return this.#call("explain", { peer, method, ...targetParams(target) }, options);
  }

  /**
   * Writes credentials (unless they are left out), resets the unit where it has failed, starts it. The peer's
   * rule needs `write-credentials`, `status`, `reset-failed` and `start`. All requests carry the same id.
   *
   * A unit that is active already stays as it is, with the credentials it was started with: stop it first. Do
   * not stop a target while it is launched: the end of a stop takes away credentials written before it began.
   * @throws what the four methods throw
   */
  launch(target: Target, credentials?: Credentials, options: CallOptions = {}): Promise<UnitState> {
    return launch(this, target, credentials, { ...options, id: options.id ?? this.#settings.createId() });
  }

  /** Ends the connection. Calls in flight reject with ClientClosedError, watches end, further calls reject. */
  close(): void {
    this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #call<M extends keyof Results>(
    method: M,
    params: object,
    options: CallOptions,
  ): Promise<ResultOf<M>> {
    const limitMs = checkMs("timeoutMs", options.timeoutMs ?? this.#settings.timeoutMs);
    return (await this.#perform({ method, params: () => params, limitMs }, options)) as ResultOf<M>;
  }

  async #job(method: "start" | "stop", target: Target, options: CallOptions): Promise<UnitState> {
    const timeoutMs = checkMs("timeoutMs", options.timeoutMs ?? DEFAULT_JOB_TIMEOUT_MS);
    const params = (spentMs: number): object => ({
      ...targetParams(target),
      timeoutMs: Math.max(1, timeoutMs - spentMs),
    });
    return (await this.#perform({ method, params, limitMs: timeoutMs + JOB_GRACE_MS }, options)) as UnitState;
  }

  #perform(call: Pick<Call, "method" | "params" | "limitMs">, options: CallOptions): Promise<unknown> {
    const { createId, pace } = this.#settings;
    return perform(this.#link, {
      ...call,
      id: options.id === undefined ? createId() : checkId(options.id),
      signal: options.signal,
      pace: options.retry === false ? null : pace,
    });
  }
}
