import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { METHOD_NAMES, RULE_METHODS } from "../../src/protocol/methods.ts";
import type { TemplateName, UserName } from "../../src/protocol/target.ts";
import { allowancesOf } from "../../src/policy/allowances.ts";
import { decide } from "../../src/policy/decide.ts";
import { isNeverTarget } from "../../src/policy/never.ts";
import type { Account, Facts, Peer, Policy, Question, Rule, Template } from "../../src/policy/types.ts";
import { parsePattern } from "../../src/units/pattern.ts";

const template = (name: string): Template => {
  const unit = parsePattern(`${name}-{user}.service`, ["user"]);
  const namedUnit = parsePattern(`${name}-{user}@{server}.service`, ["user", "server"]);
  if (typeof unit === "string" || typeof namedUnit === "string") throw new Error("a pattern is wrong");
  return {
    name: name as TemplateName,
    default: name === "first",
    unit,
    namedUnit,
    runAs: null,
    settleMs: 0,
    credentials: null,
    place: { file: "policy.toml", line: 1, column: 1 },
  };
};

const TEMPLATES = new Map(["first", "second"].map((name) => [name as TemplateName, template(name)]));

// Few values, so that rules, peers and targets often meet.
const uids = fc.constantFrom(0, 1, 499, 500, 990, 999, 1000, 1001, 65534, 4294967295);
const gids = fc.constantFrom(0, 4, 2000);
const users = fc.constantFrom("zoe", "wash", "root");
const groups = fc.constantFrom("hub", "adm");
const units = fc.constantFrom("a.service", "b.service");
const templates = fc.constantFrom("first", "second");

const setOf = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<Set<T>> =>
  fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => new Set(items));

const rule: fc.Arbitrary<Rule> = fc.record({
  name: fc.uuid(),
  peer: fc.record({
    user: fc.constant(null),
    uid: fc.option(uids),
    group: fc.constant(null),
    gid: fc.option(gids),
    unit: fc.option(units),
  }),
  methods: setOf(fc.constantFrom(...RULE_METHODS)),
  templates: setOf(templates.map((name) => name as TemplateName)),
  target: fc.record({
    users: fc.array(users, { maxLength: 2 }).map((names) => new Set(names as UserName[])),
    group: fc.option(groups),
    minUid: fc.constantFrom(500, 1000, 1001),
  }),
  place: fc.constant({ file: "policy.toml", line: 1, column: 1 }),
});

const policyWith = (rules: readonly Rule[]): Policy => ({
  hash: "",
  limits: {
    frame_bytes: 1,
    frame_seconds: 1,
    connections: 1,
    connections_per_uid: 1,
    in_flight_per_uid: 1,
    verbs_per_second: 1,
    verbs_burst: 1,
    idle_exit_seconds: 1,
  },
  templates: TEMPLATES,
  rules,
  warnings: [],
});

const rules = fc.array(rule, { maxLength: 6 });

const peer: fc.Arbitrary<Peer> = fc.record({
  uid: fc.option(uids),
  gid: gids,
  groups: fc.array(gids, { maxLength: 2 }),
  unit: fc.option(units),
});

const question: fc.Arbitrary<Question> = fc.record({
  method: fc.constantFrom(...METHOD_NAMES, "reboot", "constructor"),
  target: fc.record({
    template: templates,
    user: fc.oneof({ weight: 5, arbitrary: users }, fc.string()),
    server: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("", "gpu") }, fc.string()),
  }),
});

const account = (name: string): fc.Arbitrary<Account | null> =>
  fc.option(fc.record({ name: fc.constant(name), uid: uids, gid: gids, groups: fc.array(gids) }));

const factsFor = (user: string): fc.Arbitrary<Facts> =>
  fc.record(
    {
      account: fc.record({
        entry: fc.oneof(account(user), account("wash")),
        gids: fc.tuple(fc.option(gids), fc.option(gids)).map(
          ([hub, adm]) =>
            new Map([
              ["hub", hub],
              ["adm", adm],
            ]),
        ),
      }),
      record: fc.constant(null),
      unit: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        fc.constant({ kind: "not-found" as const }),
      ),
      limits: fc.record({ retryAfterMs: fc.constantFrom(0, 0, 0, 1) }),
    },
    { requiredKeys: [] },
  );

const scene = fc.tuple(rules, peer, question).chain(([some, who, asked]) =>
  fc.record({
    rules: fc.constant(some),
    peer: fc.constant(who),
    question: fc.constant(asked),
    facts: factsFor(asked.target?.user ?? ""),
  }),
);

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
