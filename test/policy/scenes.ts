import fc from "fast-check";
import { METHOD_NAMES, RULE_METHODS } from "../../src/protocol/methods.ts";
import type { TemplateName, UserName } from "../../src/protocol/target.ts";
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

export const rule: fc.Arbitrary<Rule> = fc.record({
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

export const policyWith = (rules: readonly Rule[]): Policy => ({
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

/** A policy's rules, somebody, what they ask for, and what the world says. */
export const scene = fc.tuple(rules, peer, question).chain(([some, who, asked]) =>
  fc.record({
    rules: fc.constant(some),
    peer: fc.constant(who),
    question: fc.constant(asked),
    facts: factsFor(asked.target?.user ?? ""),
  }),
);
