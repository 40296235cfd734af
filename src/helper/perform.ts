import { decide } from "../policy/decide.ts";
import type { Allowed, Facts, Peer, Policy, Question, Reason, Refused, Resolved } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { MethodName } from "../protocol/methods.ts";
import { isVerb, METHODS } from "../protocol/methods.ts";
import { parseParams } from "../protocol/params.ts";
import type { AuditSubject } from "./audit.ts";
import { authorise } from "./authorise.ts";
import type { Call, TargetCall } from "./call.ts";
import { errorOfRefusal, toProtocolError } from "./errors.ts";
import { HANDLERS } from "./methods/index.ts";
import type { RequestContext } from "./request-context.ts";
import { needsWholeUnit } from "./verify-target.ts";

/** Answers `denied` and leaves its record. */
export function deny(context: RequestContext, policy: Policy, reason: Reason): ProtocolError {
  record(context, subjectOf(context, policy, null, null), reason, null);
  return new ProtocolError("denied", {});
}

/** Judges a request of a peer that some rule matches, and carries it out. */
export async function perform(context: RequestContext, policy: Policy, method: MethodName): Promise<unknown> {
  const peer = context.peer.now();
  // The method comes before the params: who may not call it does not learn what they should have been.
  const first = decide(policy, peer, { method, target: null }, {});
  if (first.verdict === "refuse" && first.reason !== "target-syntax")
    throw deny(context, policy, first.reason);
  const params = parseParams(METHODS[method].params, context.request.params, context.request.duplicate);
  const question = questionOf(method, params);
  // A verb that was taken goes on when its caller has left: few are in hand, and each leaves a record. A read is dropped.
  const services = isVerb(method) ? context.lasting : context.services;
  const inLane = { ...context, services };
  return context.order.inTurn(method, question.target, () =>
    judgeAndCarryOut(inLane, policy, method, question, params),
  );
}

/** Decides by the policy of now: a request may wait long for its turn, and a look-up for its answer. */
async function judgeByNow(context: RequestContext, loaded: Policy, question: Question) {
  const { policy } = context.services;
  for (;;) {
    const judgedAt = performance.now();
    const inForce = policy.current ?? loaded;
    // Again, because the process that connected may have ended while the request waited.
    const peer = context.peer.now();
    const judgement = await judge(context, inForce, peer, question);
    if ((policy.current ?? loaded) === inForce) return { ...judgement, policy: inForce, peer, judgedAt };
  }
}

async function judgeAndCarryOut(
  context: RequestContext,
  loaded: Policy,
  method: MethodName,
  question: Question,
  params: unknown,
): Promise<unknown> {
  if (isVerb(method)) await context.peer.findUnit(context.services.systemd, context.services.log);
  const { decision, facts, policy, peer, judgedAt } = await judgeByNow(context, loaded, question);
  const subject = subjectOf(context, policy, question, decision.resolved);
  if (decision.verdict === "refuse") {
    record(context, subject, decision.reason, decision.resolved?.unit ?? null);
    throw errorOfRefusal(decision, facts);
  }
  const { subscriber, arrivedAt, afterReply, urgent } = context;
  const decidedAt = performance.now();
  const known = peer as Call["peer"];
  const services = context.services;
  if (isVerb(method)) context.begin();
  const call: Call = {
    services,
    urgent,
    policy,
    peer: known,
    subscriber,
    arrivedAt,
    judgedAt,
    decidedAt,
    afterReply,
    allowed: decision,
  };
  return carryOut(method, subject, facts, call, params);
}

/** Runs the handler; a verb between the two lines of its record. */
async function carryOut(
  method: MethodName,
  subject: AuditSubject,
  facts: Facts,
  call: Call,
  params: unknown,
): Promise<unknown> {
  const { services, allowed } = call;
  const { audit, log } = services;
  const unit = allowed.resolved?.unit ?? "";
  const whole: Call & Partial<TargetCall> = { ...call, ...targetOf(allowed), facts };
  const run = (): Promise<unknown> => invoke(method, whole, params);
  audit.allowed(method);
  if (!isVerb(method)) return run();
  const finish = audit.begin(subject, {
    decision: "allowed",
    reason: null,
    rule: allowed.rule?.name ?? null,
    unit,
  });
  try {
    const result = await run();
    finish("ok");
    return result;
  } catch (cause) {
    const error = toProtocolError(cause, unit, log);
    finish(error.code);
    throw error;
  }
}

/** The one place where a method's name, its params and its handler meet: the table keeps them together. */
const invoke = (method: MethodName, call: Call, params: unknown): Promise<unknown> =>
  (HANDLERS[method] as (call: Call, params: unknown) => Promise<unknown>)(call, params);

const targetOf = ({ resolved, rule }: Allowed): Pick<TargetCall, "resolved" | "rule"> | object =>
  resolved === null ? {} : { resolved, rule };

/** The members of any method's params that name what it is about. */
interface Names {
  readonly template?: string;
  readonly user?: string;
  readonly server?: string;
}

function questionOf(method: MethodName, { template, user = "", server = "" }: Names): Question {
  const named = template === undefined ? {} : { template };
  switch (METHODS[method].target) {
    case "one":
      return Object.freeze({ method, target: Object.freeze({ ...named, user, server }) });
    case "filter":
      return Object.freeze({ method, target: null, ...named });
    case "none":
      return Object.freeze({ method, target: null });
  }
}

/** Whoever has too much in flight is told so before anything is looked up; the other limits come last. */
async function judge(
  { services, urgent, crowdedMs: retryAfterMs }: RequestContext,
  policy: Policy,
  peer: Peer,
  question: Question,
): Promise<{ decision: Allowed | Refused; facts: Facts }> {
  // What is found out first must still be so when the last is: a hub can make its own requests wait for seconds.
  const sources = needsWholeUnit(question.method) ? urgent : services;
  if (retryAfterMs === 0) return authorise(sources, policy, peer, question);
  const decision = decide(policy, peer, question, {});
  if (decision.verdict === "refuse") return { decision, facts: {} };
  const { steps, resolved } = decision;
  const limited = { verdict: "refuse", reason: "limited", syntax: null, steps, resolved } as const;
  return { decision: limited, facts: { limits: { retryAfterMs } } };
}

function subjectOf(
  { peer, request }: RequestContext,
  policy: Policy,
  question: Question | null,
  resolved: Resolved | null,
): AuditSubject {
  const target = question?.target;
  return {
    peerUid: peer.uid,
    peerPid: peer.pid,
    peerUnit: peer.unitAtAccept,
    method: request.method,
    requestId: request.id,
    template: resolved?.template.name ?? target?.template ?? question?.template ?? null,
    user: target?.user ?? null,
    server: target?.server ?? null,
    policyHash: policy.hash,
  };
}

function record(context: RequestContext, subject: AuditSubject, reason: Reason, unit: string | null): void {
  const durationMs = Math.round(performance.now() - context.arrivedAt);
  context.services.audit.refused(subject, { decision: "refused", reason, rule: null, unit }, durationMs);
}
