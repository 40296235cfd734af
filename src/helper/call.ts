import type { Allowed, Facts, Peer, Policy, Resolved, Rule } from "../policy/types.ts";
import type { MethodName, ParamsOf, TargetMethod } from "../protocol/methods.ts";
import type { ResultOf } from "../protocol/results.ts";
import type { Subscriber } from "./subscription.ts";
import type { Services } from "./services.ts";

/** One request that has been allowed, with all that its method may need. */
export interface Call {
  readonly services: Services;
  /** The policy that the request was judged by, also if another one has come into force since. */
  readonly policy: Policy;
  readonly peer: Peer & { readonly uid: number };
  /** The connection, as far as `watch` needs it. */
  readonly subscriber: Subscriber;
  readonly allowed: Allowed;
  /** performance.now() when the request came. */
  readonly arrivedAt: number;
  /** performance.now() when the decision began, with the account, and when it ended, with the unit. */
  readonly judgedAt: number;
  readonly decidedAt: number;
  /** The daemon's parts, for what must follow the decision without a wait that the peer can make long. */
  readonly urgent: Services;
  /** What runs as soon as the reply has been sent. */
  readonly afterReply: (() => void)[];
}

/** A call on one target. What it acts on was resolved by the decision; the request's own strings are not used again. */
export interface TargetCall extends Call {
  readonly resolved: Resolved;
  readonly facts: Facts;
  /** Null for uid 0, which may look without a rule. */
  readonly rule: Rule | null;
}

export type Handler<M extends MethodName> = M extends TargetMethod
  ? (call: TargetCall, params: ParamsOf<M>) => Promise<ResultOf<M>>
  : (call: Call, params: ParamsOf<M>) => Promise<ResultOf<M>>;
