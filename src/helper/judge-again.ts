import { ProtocolError } from "../protocol/errors.ts";
import { authorise, UNLIMITED } from "./authorise.ts";
import type { TargetCall } from "./call.ts";
import { errorOfRefusal } from "./errors.ts";

/**
 * Judges a start anew that has waited since it was allowed: by the policy, the account and the unit of now.
 * @throws ProtocolError as the first judgement would have
 */
export async function judgeAgain({ services, subscriber, policy, resolved }: TargetCall): Promise<void> {
  const question = { method: "start", target: resolved.target };
  const inForce = services.policy.current ?? policy;
  const { decision, facts } = await authorise(services, inForce, subscriber.peer(), question, UNLIMITED);
  if (decision.verdict === "refuse") throw errorOfRefusal(decision, facts);
  // The template may have another unit by now, and what was allowed is that one.
  if (decision.resolved?.unit !== resolved.unit) throw new ProtocolError("denied", {});
}
