import type { RequestId } from "../protocol/request.ts";
import { isRequestId, MAX_ID_CHARACTERS } from "../protocol/request-id.ts";
import { DEFAULT_PACE } from "./retry.ts";
import type { Trust } from "./trust-path.ts";
import type { HelperClientOptions, Pace } from "./types.ts";

/** The longest delay of a Node timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws RangeError for what a timer cannot wait */
export function checkMs(name: string, ms: number): number {
  if (ms >= 1 && ms <= MAX_TIMER_MS) return ms;
  throw new RangeError(`${name} must be from 1 to ${MAX_TIMER_MS} milliseconds, not ${ms}`);
}

/** @throws TypeError for an id that the helper would not take for one: it would end the connection */
export function checkId(id: RequestId): RequestId {
  if (isRequestId(id)) return id;
  throw new TypeError(
    `id must be a well-formed string of at most ${MAX_ID_CHARACTERS} characters or a safe integer`,
  );
}

/** Not from node:crypto, which a program that makes ids of its own would load in vain. */
const randomId = (): RequestId => crypto.randomUUID();

/** The options of a client, each with a value. */
export interface Settings {
  readonly socketPath: string;
  readonly timeoutMs: number;
  readonly idleCloseMs: number;
  /** Null: no retries. */
  readonly pace: Pace | null;
  readonly trust: Trust | null;
  readonly createId: () => RequestId;
}

export const settingsFrom = (options: HelperClientOptions): Settings => ({
  socketPath: options.socketPath ?? "/run/hub-helper/helper.sock",
  timeoutMs: checkMs("timeoutMs", options.timeoutMs ?? 30_000),
  idleCloseMs: checkMs("idleCloseMs", options.idleCloseMs ?? 10_000),
  pace: options.retry === false ? null : { ...DEFAULT_PACE, ...options.retry },
  trust: options.checkPath === false ? null : { owner: options.trustedOwner ?? 0 },
  createId: () => checkId((options.createId ?? randomId)()),
});
