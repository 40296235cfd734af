import { findNearestRule } from "../../policy/nearest-rule.ts";
import type { Peer, Policy, Question, Rule } from "../../policy/types.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { ParamsOf } from "../../protocol/methods.ts";
import { isMethodName, METHODS } from "../../protocol/methods.ts";
import type { NearestRule, RulePlace } from "../../protocol/results.ts";
import { authorise, UNLIMITED } from "../authorise.ts";
import type { Handler } from "../call.ts";
import { explainedPeer } from "../explained-peer.ts";
import type { Services } from "../services.ts";

function questionOf({ method, template, user, server }: ParamsOf<"explain">): Question {
  if (!isMethodName(method)) {
    throw new ProtocolError("invalid-params", { path: "method", problem: "there is no method of that name" });
  }
  const named = template === undefined ? {} : { template };
  const target = METHODS[method].target === "none" || user === undefined ? null : { ...named, user, server };
  return { method, target, ...named };
}

const placeOf = ({ name, place }: Rule): RulePlace => ({ name, file: place.file, line: place.line });

async function nearestRule(
  services: Services,
  policy: Policy,
  peer: Peer,
  question: Question,
): Promise<NearestRule | null> {
  const peerName = peer.uid === null ? null : await services.names.nameOfUid(peer.uid);
  const found = await findNearestRule(policy, { peer, peerName, question }, (changed) =>
    authorise(services, changed, peer, question, UNLIMITED),
  );
  if (found === null) return null;
  return { rule: placeOf(found.rule), changes: [...found.changes] };
}

/** Shows uid 0 how a request of somebody else's would be decided, by the same function and without carrying it out. */
export const explain: Handler<"explain"> = async ({ services, policy }, params) => {
  const question = questionOf(params);
  const peer = await explainedPeer(services, params.peer);
  const { decision } = await authorise(services, policy, peer, question, UNLIMITED);
  const allowed = decision.verdict === "allow";
  return {
    allowed,
    reason: decision.verdict === "refuse" ? decision.reason : null,
    steps: [...decision.steps],
    rule: decision.verdict === "allow" && decision.rule !== null ? placeOf(decision.rule) : null,
    nearest: allowed ? null : await nearestRule(services, policy, peer, question),
  };
};
