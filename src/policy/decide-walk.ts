import type { ExplainStep } from "../protocol/results.ts";
import { METHODS, isMethodName } from "../protocol/methods.ts";
import type {
  Account,
  FactName,
  Facts,
  Peer,
  Policy,
  Question,
  Reason,
  Refused,
  Resolved,
  Rule,
  Template,
} from "./types.ts";

/** A decision on its way: what the steps so far have left. */
export interface Walk {
  readonly policy: Policy;
  readonly peer: Peer;
  readonly question: Question;
  readonly facts: Facts;
  /** Whether this is uid 0 looking, which needs no rule. */
  readonly free: boolean;
  /** The rules that every step so far has left standing. */
  rules: readonly Rule[];
  template: Template | null;
  resolved: Resolved | null;
  account: Account | null;
  readonly steps: ExplainStep[];
}

/** Why the walk ends before its last step. */
export type Ending =
  | { readonly verdict: "allow" }
  | { readonly verdict: "refuse"; readonly reason: Reason; readonly syntax: Refused["syntax"] }
  | { readonly verdict: "need"; readonly fact: FactName; readonly groups: readonly string[] };

/** One step. Null: it holds, and the walk goes on. */
export type Step = (walk: Walk) => Ending | null;

export const NOT_READABLE = "the kernel gave no usable identity for the peer";

export const isFreeLook = (peer: Peer, method: string): boolean =>
  peer.uid === 0 && isMethodName(method) && METHODS[method].kind !== "verb";

/** Notes a step; with a rule, the step is about that rule. */
export function note(walk: Walk, step: string, ok: boolean, text: string, rule: Rule | null = null): void {
  walk.steps.push(stepOf(step, ok, text, rule));
}

export const stepOf = (step: string, ok: boolean, text: string, rule: Rule | null = null): ExplainStep => ({
  step,
  ok,
  rule: rule?.name ?? null,
  file: rule?.place.file ?? null,
  line: rule?.place.line ?? null,
  text,
});

export function refuse(walk: Walk, step: string, reason: Reason, text: string): Ending {
  note(walk, step, false, text);
  return { verdict: "refuse", reason, syntax: null };
}

export function refuseSyntax(walk: Walk, step: string, path: string, problem: string): Ending {
  note(walk, step, false, `${path}: ${problem}`);
  return { verdict: "refuse", reason: "target-syntax", syntax: { path, problem } };
}

export const need = (fact: FactName, groups: readonly string[] = []): Ending => ({
  verdict: "need",
  fact,
  groups,
});

/** How a rule is called in a sentence. */
export const shown = (rule: Rule): string => `rule ${rule.name} (${rule.place.file}:${rule.place.line})`;
