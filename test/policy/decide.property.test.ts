import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { RULE_METHODS } from "../../src/protocol/methods.ts";
import type { TemplateName } from "../../src/protocol/target.ts";
import { allowancesOf } from "../../src/policy/allowances.ts";
import { decide } from "../../src/policy/decide.ts";
import { isNeverTarget } from "../../src/policy/never.ts";
import type { Facts, Peer, Question, Rule } from "../../src/policy/types.ts";
import { policyWith, rule, scene } from "./scenes.ts";

const isAllowed = (some: readonly Rule[], who: Peer, asked: Question, facts: Facts): boolean =>
  decide(policyWith(some), who, asked, facts).verdict === "allow";

const RUNS = { numRuns: 3000 };

describe("whatever the policy, the peer, the question and the facts", () => {
  test("a decision depends on its arguments alone, and changes none of them", () => {
    fc.assert(
      fc.property(scene, (each) => {
        const policy = policyWith(each.rules);
        const before = structuredClone([policy, each]);
        const once = decide(policy, each.peer, each.question, each.facts);
        const twice = decide(structuredClone(policy), each.peer, each.question, structuredClone(each.facts));
        expect(twice).toEqual(once);
        expect([policy, each]).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  test("nothing is allowed without a rule, but to uid 0 what changes nothing", () => {
    fc.assert(
      fc.property(scene, ({ peer: who, question: asked, facts }) => {
        const decision = decide(policyWith([]), who, asked, facts);
        if (decision.verdict === "refuse") return;
        expect(who.uid).toBe(0);
        expect(["describe", "status", "list", "watch", "unwatch", "explain"]).toContain(asked.method);
      }),
      RUNS,
    );
  });

  test("one more rule never takes away what is allowed", () => {
    fc.assert(
      fc.property(scene, rule, fc.nat(), ({ rules: some, peer: who, question: asked, facts }, more, at) => {
        fc.pre(isAllowed(some, who, asked, facts));
        expect(isAllowed(some.toSpliced(at % (some.length + 1), 0, more), who, asked, facts)).toBe(true);
      }),
      { numRuns: 1000, maxSkipsPerRun: 1000 },
    );
  });

  test("the rule that an allowance names suffices alone", () => {
    fc.assert(
      fc.property(scene, ({ rules: some, peer: who, question: asked, facts }) => {
        const decision = decide(policyWith(some), who, asked, facts);
        if (decision.verdict !== "allow" || decision.rule === null) return;
        expect(isAllowed([decision.rule], who, asked, facts)).toBe(true);
      }),
      RUNS,
    );
  });

  test("no rule lets anybody at an account that is never a target, nor lets in a peer that is nobody", () => {
    fc.assert(
      fc.property(scene, ({ rules: some, peer: who, question: asked, facts }) => {
        const decision = decide(policyWith(some), who, asked, facts);
        if (decision.verdict !== "allow") return;
        expect([null, 65534, 4294967295]).not.toContain(who.uid);
        if (decision.rule === null) return;
        const uid = facts.account?.entry?.uid ?? NaN;
        expect(isNeverTarget(uid)).toBe(false);
        expect(uid).toBeGreaterThanOrEqual(decision.rule.target.minUid);
      }),
      RUNS,
    );
  });

  test("a peer is allowed nothing that describe does not tell it of", () => {
    fc.assert(
      fc.property(scene, ({ rules: some, peer: who, question: asked, facts }) => {
        if (!isAllowed(some, who, asked, facts)) return;
        const { methods, templates: told } = allowancesOf(policyWith(some), who);
        expect(methods).toContain(asked.method);
        const named = told.get((asked.target?.template ?? "") as TemplateName) as
          readonly string[] | undefined;
        if (RULE_METHODS.some((method) => method === asked.method)) expect(named).toContain(asked.method);
      }),
      RUNS,
    );
  });
});
