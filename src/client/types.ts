import type { RequestId } from "../protocol/request.ts";
import type { UnitState } from "../protocol/unit-state.ts";

/** Whose server, and which. A `UnitState` will do as well: only these three members are read. */
export interface Target {
  /** An account's name: 1 to 64 of `A-Z a-z 0-9 _ . @ -`. */
  readonly user: string;
  /** 1 to 64 letters, marks, digits, `_`, `.` or `-`. Left out, or `""`: the user's default server. */
  readonly server?: string | undefined;
  /** A template of the policy. Left out: the one that the policy marks as default, or the only one. */
  readonly template?: string | undefined;
}

/** Narrows `list` and `watch`. */
export interface Filter {
  readonly template?: string | undefined;
  readonly user?: string | undefined;
}

/** A set of credentials. It replaces the earlier set as a whole. */
export interface Credentials {
  /** Environment variables by name. No NUL and no newline in a value. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Contents by the names that the policy gives; a string is written as UTF-8. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
}

/** Whom `explain` asks about. */
export type ExplainedPeer =
  | { readonly user: string; readonly unit?: string | undefined }
  | { readonly uid: number; readonly unit?: string | undefined }
  /** A process that this unit would start. */
  | { readonly unit: string };

export interface CallOptions {
  /** Rejects the call at once with the signal's reason. What the helper was already asked for goes on. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The time limit in milliseconds, retries and their pauses included. For `start`, `stop` and `launch` it is
   * the job's own limit (1 to 600000, default 120000), and the call's is that and ten seconds.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The request's id: a string or an integer, found again in the helper's audit record and in `requestId` of an
   * error. No two calls in flight may have the same. Default: what `createId` gives.
   */
  readonly id?: RequestId | undefined;
  /** `false`: one attempt. */
  readonly retry?: boolean | undefined;
}

export interface WatchOptions extends Pick<CallOptions, "signal" | "timeoutMs"> {
  /** Called each time the connection under a watch is lost. A snapshot follows once the helper is back. */
  readonly onLost?: (() => void) | undefined;
}

/** What `watch` yields. A snapshot replaces everything that was known; a change replaces one unit. */
export type WatchEvent =
  | { readonly type: "snapshot"; readonly units: UnitState[] }
  | { readonly type: "change"; readonly unit: UnitState };

export interface HelperClientOptions {
  /** Default `/run/hub-helper/helper.sock`. */
  readonly socketPath?: string | undefined;
  /** The time limit of calls other than `start`, `stop` and `launch`, in milliseconds. Default 30000. */
  readonly timeoutMs?: number | undefined;
  /** How long a connection stays open unused, in milliseconds. Default 10000. */
  readonly idleCloseMs?: number | undefined;
  /** `false`: no call is repeated. Otherwise the first and the longest pause between attempts. */
  readonly retry?: false | Partial<Pace> | undefined;
  /** `false`: connect without looking at who owns the socket and its directories. Default `true`. */
  readonly checkPath?: boolean | undefined;
  /** A uid that the socket and its directories may belong to, beside root. Default 0. */
  readonly trustedOwner?: number | undefined;
  /** Makes the ids of requests. Default `crypto.randomUUID`. */
  readonly createId?: (() => RequestId) | undefined;
}

/** How fast attempts follow each other, in milliseconds: pauses double from `baseMs` (20) to `maxMs` (1000). */
export interface Pace {
  readonly baseMs: number;
  readonly maxMs: number;
}
