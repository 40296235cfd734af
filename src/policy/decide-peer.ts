import type { ExplainStep } from "../protocol/results.ts";
import { METHODS, isMethodName } from "../protocol/methods.ts";
import type { RuleMethod } from "../protocol/methods.ts";
import { NOT_READABLE, note, refuse, shown, stepOf } from "./decide-walk.ts";
import type { Step } from "./decide-walk.ts";
import { isNobody } from "./never.ts";
import type { Peer, Policy, Reason, Rule } from "./types.ts";

/** What the rules say of a peer, before it has asked for anything. */
export interface PeerMatch {
  /** Null: the peer may ask. uid 0 always may, since it may look without a rule. */
  readonly reason: Extract<Reason, "peer-unreadable" | "peer-no-rule" | "peer-outside-unit"> | null;
  /** The rules that match it. */
  readonly rules: readonly Rule[];
  readonly steps: readonly ExplainStep[];
}

/** How the conditions of a rule stand to a peer. */
type Fit = "matches" | "outside-unit" | "no";

export const isReadable = (peer: Peer): peer is Peer & { uid: number } =>
  peer.uid !== null && Number.isSafeInteger(peer.uid) && peer.uid >= 0 && !isNobody(peer.uid);

function fitOf(rule: Rule, peer: Peer): Fit {
  const { uid, gid, unit } = rule.peer;
  if (uid === null && gid === null) return "no";
  if (uid !== null && uid !== peer.uid) return "no";
  if (gid !== null && gid !== peer.gid && !peer.groups.includes(gid)) return "no";
  return unit === null || unit === peer.unit ? "matches" : "outside-unit";
}

function wanted({ peer }: Rule): string {
  const user = peer.user === null ? [] : [`user ${peer.user} (uid ${peer.uid ?? "?"})`];
  const group = peer.group === null ? [] : [`group ${peer.group} (gid ${peer.gid ?? "?"})`];
  const unit = peer.unit === null ? [] : [`unit ${peer.unit}`];
  return [...user, ...group, ...unit].join(" and ");
}

function fitText(rule: Rule, peer: Peer, fit: Fit): string {
  const text = `${shown(rule)} is for ${wanted(rule)}`;
  if (fit === "matches") return `${text}, and the peer is that`;
  if (fit === "outside-unit") return `${text}; the peer is in ${peer.unit ?? "no unit that is known"}`;
  return `${text}; the peer is uid ${peer.uid ?? "?"}, gid ${peer.gid}, groups ${peer.groups.join(" ") || "none"}`;
}

/** Judges a peer by the rules alone. */
export function matchPeer(policy: Policy, peer: Peer): PeerMatch {
  if (!isReadable(peer)) {
    return { reason: "peer-unreadable", rules: [], steps: [stepOf("peer", false, NOT_READABLE)] };
  }
  const fits = policy.rules.map((rule) => ({ rule, fit: fitOf(rule, peer) }));
  const rules = fits.filter(({ fit }) => fit === "matches").map(({ rule }) => rule);
  const steps = fits.map(({ rule, fit }) =>
    stepOf("peer", fit === "matches", fitText(rule, peer, fit), rule),
  );
  if (rules.length > 0 || peer.uid === 0) return { reason: null, rules, steps };
  return { reason: reasonOf(fits), rules, steps };
}

const reasonOf = (fits: readonly { fit: Fit }[]): "peer-outside-unit" | "peer-no-rule" =>
  fits.some(({ fit }) => fit === "outside-unit") ? "peer-outside-unit" : "peer-no-rule";

export const judgePeer: Step = (walk) => {
  const { policy, peer } = walk;
  if (walk.free) {
    note(walk, "peer", true, "uid 0 may look without a rule");
    return null;
  }
  const match = matchPeer(policy, peer);
  walk.steps.push(...match.steps);
  walk.rules = match.rules;
  if (match.rules.length > 0) return null;
  if (match.reason === "peer-unreadable") return { verdict: "refuse", reason: match.reason, syntax: null };
  // matchPeer lets uid 0 ask without a rule; what changes something needs one from it as well.
  const reason = match.reason ?? reasonOf(policy.rules.map((rule) => ({ fit: fitOf(rule, peer) })));
  const text =
    reason === "peer-no-rule"
      ? "no rule matches this peer"
      : "a rule matches this peer, but not the unit it is in";
  return refuse(walk, "peer", reason, text);
};

export const judgeMethod: Step = (walk) => {
  const { method } = walk.question;
  if (walk.free) {
    note(walk, "method", true, `${method} changes nothing`);
    return METHODS[method as keyof typeof METHODS].inRules ? null : { verdict: "allow" };
  }
  if (isMethodName(method) && METHODS[method].kind === "session") {
    note(walk, "method", true, `${method} is open to every peer that a rule matches`);
    return { verdict: "allow" };
  }
  if (method === "explain") return refuse(walk, "method", "method-not-allowed", "explain is for uid 0 alone");
  const left = walk.rules.filter((rule) => rule.methods.has(method as RuleMethod));
  for (const rule of walk.rules) {
    const ok = left.includes(rule);
    note(walk, "method", ok, `${shown(rule)} ${ok ? "allows" : "does not list"} ${method}`, rule);
  }
  walk.rules = left;
  return left.length > 0
    ? null
    : refuse(walk, "method", "method-not-allowed", `no rule that matches this peer lists ${method}`);
};
