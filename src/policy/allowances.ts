import { METHOD_NAMES, METHODS, RULE_METHODS } from "../protocol/methods.ts";
import type { MethodName, RuleMethod } from "../protocol/methods.ts";
import type { TemplateName } from "../protocol/target.ts";
import { matchPeer } from "./decide-peer.ts";
import type { Peer, Policy } from "./types.ts";

/** What a peer may use, whatever the target. */
export interface Allowances {
  readonly methods: readonly MethodName[];
  /** The methods of each template that the peer may use at all, in the order of the policy. */
  readonly templates: ReadonlyMap<TemplateName, readonly RuleMethod[]>;
}

/** What `describe` tells a peer of itself. Empty for a peer that no rule matches. */
export function allowancesOf(policy: Policy, peer: Peer): Allowances {
  const { reason, rules } = matchPeer(policy, peer);
  if (reason !== null) return { methods: [], templates: new Map() };
  const isRoot = peer.uid === 0;
  const allows = (template: TemplateName, method: RuleMethod): boolean =>
    (isRoot && METHODS[method].kind === "look") ||
    rules.some((rule) => rule.templates.has(template) && rule.methods.has(method));
  const templates = new Map<TemplateName, readonly RuleMethod[]>();
  for (const name of policy.templates.keys()) {
    const methods = RULE_METHODS.filter((method) => allows(name, method));
    if (methods.length > 0) templates.set(name, methods);
  }
  const named = new Set<MethodName>([...templates.values()].flat());
  const methods = METHOD_NAMES.filter(
    (name) =>
      METHODS[name].kind === "session" || named.has(name) || (isRoot && METHODS[name].kind === "look"),
  );
  return { methods, templates };
}
