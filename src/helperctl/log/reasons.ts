import type { Reason } from "../../policy/types.ts";

/** Why something was refused, in a few words: they have to fit on a line with all the rest. */
const REASONS: Readonly<Record<Reason, string>> = {
  "peer-unreadable": "the kernel did not say who asks",
  "peer-no-rule": "no rule is for this peer",
  "peer-outside-unit": "not in the unit that its rule names",
  "method-not-allowed": "no rule of this peer has the method",
  "template-not-allowed": "no rule of this peer has the template",
  "target-syntax": "the name is not well formed",
  "target-unknown": "there is no such account",
  "target-forbidden": "root, system and nobody are no targets",
  "target-not-eligible": "no rule is for this user",
  "unit-mismatch": "the unit is not as the policy says",
  limited: "too much at once",
};

/** In words; a reason of a newer helper is its own word. Hostile until it has been made harmless. */
export const reasonInWords = (reason: string | null): string =>
  Object.hasOwn(REASONS, reason ?? "")
    ? REASONS[reason as Reason]
    : (reason ?? "for no reason that is known");
