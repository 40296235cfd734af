import { METHODS } from "../protocol/methods.ts";
import type { MethodName } from "../protocol/methods.ts";
import { judgeAccount } from "./decide-account.ts";
import { judgeMethod, judgePeer } from "./decide-peer.ts";
import { judgeTarget, judgeTemplate } from "./decide-template.ts";
import { isFreeLook, need, note, refuse } from "./decide-walk.ts";
import type { Ending, Step, Walk } from "./decide-walk.ts";
import type { Decision, Facts, Peer, Policy, Question } from "./types.ts";

/** `list` and `watch` ask whether a unit may be seen; the unit itself is none of that question. */
const judgeUnit: Step = (walk) => {
  const { question, facts } = walk;
  if (METHODS[question.method as MethodName].target !== "one") return { verdict: "allow" };
  if (facts.unit === undefined) return need("unit");
  if (facts.unit === null) {
    note(walk, "unit", true, "the unit is what the template says");
    return null;
  }
  const text = facts.unit.kind === "not-found" ? "there is no unit file for it" : facts.unit.problem;
  return refuse(walk, "unit", "unit-mismatch", text);
};

const judgeLimits: Step = (walk) => {
  const { question, facts } = walk;
  if (METHODS[question.method as MethodName].kind !== "verb") return null;
  if (facts.limits === undefined) return need("limits");
  const { retryAfterMs } = facts.limits;
  if (retryAfterMs > 0)
    return refuse(walk, "limits", "limited", `too much at once; again in ${retryAfterMs} ms`);
  note(walk, "limits", true, "the limits let it through");
  return null;
};

/** The first step that fails gives the reason. */
const STEPS: readonly Step[] = [
  judgePeer,
  judgeMethod,
  judgeTemplate,
  judgeTarget,
  judgeAccount,
  judgeUnit,
  judgeLimits,
];

function endingOf(walk: Walk): Ending {
  for (const step of STEPS) {
    const ending = step(walk);
    if (ending !== null) return ending;
  }
  return { verdict: "allow" };
}

/** Freezes what this decision made; what it took from the policy is frozen already. */
function finish(walk: Walk, ending: Ending): Decision {
  const { account, resolved } = walk;
  if (resolved !== null) Object.freeze(resolved.target);
  const steps = Object.freeze(walk.steps.map((step) => Object.freeze(step)));
  const walked = { steps, resolved: Object.freeze(resolved) };
  switch (ending.verdict) {
    case "allow":
      return Object.freeze({ ...walked, verdict: "allow", rule: ruleOf(walk), account });
    case "refuse":
      return Object.freeze({ ...walked, ...ending, syntax: Object.freeze(ending.syntax) });
    case "need":
      return Object.freeze({ ...walked, ...ending, groups: Object.freeze([...ending.groups]), account });
  }
}

/** The first rule left standing, in the order of the files. Sessions and uid 0's looks have none. */
const ruleOf = ({ free, question, rules }: Walk) =>
  free || METHODS[question.method as MethodName].kind === "session" ? null : (rules[0] ?? null);

/**
 * Decides whether a peer may do what it asks for. It reads nothing but its arguments: where a step wants to know
 * something of the world that `facts` does not hold yet, the decision is `need`, and the caller asks again.
 */
export function decide(policy: Policy, peer: Peer, question: Question, facts: Facts): Decision {
  const walk: Walk = {
    policy,
    peer,
    question,
    facts,
    free: isFreeLook(peer, question.method),
    rules: [],
    template: null,
    resolved: null,
    account: null,
    steps: [],
  };
  return finish(walk, endingOf(walk));
}
