import * as v from "valibot";
import { fileContent, filter, mapOf, strict, target, timeoutMs } from "./params.ts";

const nothing = strict({});

/** The params of every method, as their schemas leave them. */
const explainedPeer = v.union(
  [
    strict({ user: v.string(), unit: v.optional(v.string()) }),
    strict({ uid: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), unit: v.optional(v.string()) }),
    strict({ unit: v.string() }),
  ],
  'must be {"user": name} or {"uid": number}, with or without "unit", or {"unit": name}',
);

interface MethodRow {
  /** `session`: needs no rule of its own. `look`: changes nothing; uid 0 needs no rule. `verb`: changes something, and is audited. */
  readonly kind: "session" | "look" | "verb";
  /** Whether rules name it. */
  readonly inRules: boolean;
  /** `one`: its params name a target. `filter`: they narrow a set of targets. */
  readonly target: "one" | "filter" | "none";
  readonly params: v.GenericSchema;
}

/** Every method of the protocol. The dispatch table, the policy's verbs and the docs are held against it by tests. */
export const METHODS = {
  describe: { kind: "session", inRules: false, target: "none", params: nothing },
  start: { kind: "verb", inRules: true, target: "one", params: strict({ ...target, timeoutMs }) },
  stop: { kind: "verb", inRules: true, target: "one", params: strict({ ...target, timeoutMs }) },
  "reset-failed": { kind: "verb", inRules: true, target: "one", params: strict(target) },
  "write-credentials": {
    kind: "verb",
    inRules: true,
    target: "one",
    params: strict({
      ...target,
      env: v.optional(mapOf(v.string())),
      files: v.optional(mapOf(fileContent)),
    }),
  },
  "remove-credentials": { kind: "verb", inRules: true, target: "one", params: strict(target) },
  status: { kind: "look", inRules: true, target: "one", params: strict(target) },
  list: { kind: "look", inRules: true, target: "filter", params: strict(filter) },
  watch: { kind: "look", inRules: true, target: "filter", params: strict(filter) },
  unwatch: { kind: "session", inRules: false, target: "none", params: strict({ subscription: v.string() }) },
  explain: {
    kind: "look",
    inRules: false,
    target: "none",
    params: strict({ peer: explainedPeer, method: v.string(), ...target, user: v.optional(v.string()) }),
  },
} as const satisfies Record<string, MethodRow>;

export type MethodName = keyof typeof METHODS;
export type ParamsOf<M extends MethodName> = v.InferOutput<(typeof METHODS)[M]["params"]>;

type NamesWhere<Key extends keyof MethodRow, Value> = {
  [M in MethodName]: (typeof METHODS)[M][Key] extends Value ? M : never;
}[MethodName];

/** Methods that act on one target. */
export type TargetMethod = NamesWhere<"target", "one">;
/** Methods that a rule can name. */
export type RuleMethod = NamesWhere<"inRules", true>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];
export const RULE_METHODS = METHOD_NAMES.filter((name): name is RuleMethod => METHODS[name].inRules);

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(METHODS, name);
export const isVerb = (name: MethodName): boolean => METHODS[name].kind === "verb";
