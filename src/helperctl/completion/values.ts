import { RULE_METHODS } from "../../protocol/methods.ts";
import { COMMON_OPTIONS } from "../arguments.ts";
import type { Command, Option } from "../command.ts";

/** What a shell offers for a value: fixed words, or what it finds by itself. */
export type Offer =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "user" | "file" | "template" | "nothing" };

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const words = (...list: string[]): Offer => ({ kind: "words", words: list });

/** By what stands for the value in the usage line. A server's name, a time or a number is for the caller to know. */
const OFFERS: Readonly<Record<string, Offer>> = {
  METHOD: words(...RULE_METHODS),
  SHELL: words(...SHELLS),
  COLUMN: words("user", "server", "state", "since", "memory", "cpu", "tasks"),
  USER: { kind: "user" },
  PEER: { kind: "user" },
  TEMPLATE: { kind: "template" },
  FILE: { kind: "file" },
};

const bare = (word: string): string => word.replace(/[[\].]/g, "");

/** What to offer for a word of a usage line, or for the value of an option. */
export function offerFor(word: string): Offer {
  const name = bare(word);
  return (Object.hasOwn(OFFERS, name) ? OFFERS[name] : undefined) ?? { kind: "nothing" };
}

export const optionsOf = ({ options }: Command): [string, Option][] =>
  Object.entries({ ...options, ...COMMON_OPTIONS });

export const takesMany = ({ words: list }: Command): boolean => list.at(-1)?.includes("...") ?? false;

/** Prints the names of the templates; sed lets nothing through but the letters that such a name may have. */
export const TEMPLATES_SCRIPT =
  "sed -n 's/^ *\\[template\\.\\([A-Za-z0-9_-]*\\)\\] *$/\\1/p' /etc/hub-helper/policy.toml /etc/hub-helper/policy.d/*.toml 2>/dev/null";
