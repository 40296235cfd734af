import type { Facts } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { authorise, UNLIMITED } from "./authorise.ts";
import type { TargetCall } from "./call.ts";
import { errorOfRefusal } from "./errors.ts";

/** So long what was found out holds, in milliseconds: finding it out takes about as long where nobody is in the way. */
const HOLDS_MS = 25;

const isOld = (since: number): boolean => performance.now() - since > HOLDS_MS;

/**
 * Decides again what was found out a while ago, by the policy, the account and the unit of now. To be called last
 * before the act. The unit comes before the account, as a hub, a busy systemd or a bus that hangs can make PID 1's
 * answers late: who has just lost the right to a server is not to get one by that.
 * @returns what is to be acted on
 * @throws ProtocolError as the first decision would have
 */
export async function judgeAgain(
  call: TargetCall,
  method: "start" | "write-credentials",
): Promise<Pick<TargetCall, "resolved" | "rule">> {
  const { urgent, subscriber } = call;
  const question = { method, target: call.resolved.target };
  const { unit } = call.facts;
  let { policy, resolved, rule } = call;
  let known: Facts = isOld(call.decidedAt) || unit === undefined ? UNLIMITED : { ...UNLIMITED, unit };
  let isDone = !isOld(call.judgedAt);
  for (;;) {
    const inForce = urgent.policy.current ?? policy;
    if (inForce !== policy) known = UNLIMITED;
    else if (isDone) return { resolved, rule };
    policy = inForce;
    const began = performance.now();
    const { decision, facts } = await authorise(urgent, policy, subscriber.peer(), question, known);
    if (decision.verdict === "refuse") throw errorOfRefusal(decision, facts);
    // The template may have another unit by now, and what was allowed is that one.
    if (decision.resolved?.unit !== call.resolved.unit) throw new ProtocolError("denied", {});
    ({ resolved, rule } = decision);
    // The account was looked up last: whatever that took, it cannot be known better.
    isDone = known.unit !== undefined || !isOld(began);
    known = { ...UNLIMITED, unit: facts.unit ?? null };
  }
}
