import { beforeAll, describe, expect, test } from "@jest/globals";
import { METHOD_NAMES, METHODS, RULE_METHODS } from "../../src/protocol/methods.ts";
import { decide } from "../../src/policy/decide.ts";
import { matchPeer } from "../../src/policy/decide-peer.ts";
import type { Decision, Facts, Peer, Policy, Question, Reason } from "../../src/policy/types.ts";
import { ACCOUNTS, ADM_GID, JUPYTERHUB_GID, SAMPLE, peerOf, policyOf } from "./support.ts";

let policy: Policy;

beforeAll(async () => {
  policy = await policyOf(SAMPLE);
});

const GIDS = new Map([["jupyterhub", JUPYTERHUB_GID]]);

const accountFact = (user: string): NonNullable<Facts["account"]> => ({
  entry: Object.hasOwn(ACCOUNTS, user) ? (ACCOUNTS[user] ?? null) : null,
  gids: GIDS,
});

/** Every fact, none of them in the way. */
const factsFor = (user: string, more: Facts = {}): Facts => ({
  account: accountFact(user),
  record: null,
  unit: null,
  limits: { retryAfterMs: 0 },
  ...more,
});

const ask = (method: string, user: string, server = "", template?: string): Question => ({
  method,
  target: { user, server, ...(template === undefined ? {} : { template }) },
});

const short = (decision: Decision): string => {
  switch (decision.verdict) {
    case "allow":
      return `allow ${decision.rule?.name ?? "-"}`;
    case "refuse":
      return `refuse ${decision.reason}`;
    case "need":
      return `need ${decision.fact}`;
  }
};

const hub = peerOf("jupyter");
const hubInUnit = peerOf("jupyter", { unit: "jupyterhub.service" });
const root = peerOf("root");
const admin = peerOf("ada", { groups: [ADM_GID] });
const stranger = peerOf("mallory");

/** [what, peer, question, facts, verdict] */
const CASES: readonly (readonly [string, Peer, Question, Facts, string])[] = [
  ["a hub starts an eligible user's server", hub, ask("start", "zoe"), factsFor("zoe"), "allow hub"],
  ["and a named one", hub, ask("start", "zoe", "gpu", "singleuser"), factsFor("zoe"), "allow hub"],
  ["no uid", { ...hub, uid: null }, ask("start", "zoe"), factsFor("zoe"), "refuse peer-unreadable"],
  ["uid 65534", { ...hub, uid: 65534 }, ask("start", "zoe"), factsFor("zoe"), "refuse peer-unreadable"],
  ["uid -1", { ...hub, uid: 4294967295 }, ask("start", "zoe"), factsFor("zoe"), "refuse peer-unreadable"],
  ["uid 2^31", { ...hub, uid: 2 ** 31 }, ask("start", "zoe"), factsFor("zoe"), "refuse peer-no-rule"],
  ["a stranger", stranger, ask("start", "zoe"), factsFor("zoe"), "refuse peer-no-rule"],
  ["a stranger's describe", stranger, { method: "describe", target: null }, {}, "refuse peer-no-rule"],
  ["root changes nothing without a rule", root, ask("start", "zoe"), factsFor("zoe"), "refuse peer-no-rule"],
  [
    "a peer outside its unit",
    peerOf("wash", { unit: "other.service" }),
    ask("status", "wash"),
    factsFor("wash"),
    "refuse peer-outside-unit",
  ],
  ["a peer whose process is gone", peerOf("wash"), ask("status", "wash"), {}, "refuse peer-outside-unit"],
  [
    "a peer inside its unit",
    peerOf("wash", { unit: "wash.service" }),
    ask("status", "wash"),
    factsFor("wash"),
    "allow confined",
  ],
  ["a method that is in no rule", admin, ask("start", "zoe"), factsFor("zoe"), "refuse method-not-allowed"],
  ["a method that there is not", hub, ask("reboot", "zoe"), {}, "refuse method-not-allowed"],
  ["a method named constructor", hub, ask("constructor", "zoe"), {}, "refuse method-not-allowed"],
  ["explain by a hub", hub, { method: "explain", target: null }, {}, "refuse method-not-allowed"],
  ["explain by root", root, { method: "explain", target: null }, {}, "allow -"],
  ["describe by a hub", hub, { method: "describe", target: null }, {}, "allow -"],
  ["unwatch by a hub", hub, { method: "unwatch", target: null }, {}, "allow -"],
  ["describe by root", root, { method: "describe", target: null }, {}, "allow -"],
  [
    "a template of another rule",
    hub,
    ask("start", "zoe", "", "unitgenerator"),
    factsFor("zoe"),
    "refuse template-not-allowed",
  ],
  [
    "which is allowed in the rule's unit",
    hubInUnit,
    ask("start", "zoe", "", "unitgenerator"),
    factsFor("zoe"),
    "allow generator",
  ],
  [
    "but not for who is only eligible under another rule",
    hubInUnit,
    ask("start", "wash", "", "unitgenerator"),
    factsFor("wash"),
    "refuse target-not-eligible",
  ],
  ["the default of two templates", hubInUnit, ask("start", "zoe"), factsFor("zoe"), "allow hub"],
  ["an unknown template", hub, ask("start", "zoe", "", "nope"), {}, "refuse template-not-allowed"],
  [
    "a template named __proto__",
    hub,
    ask("start", "zoe", "", "__proto__"),
    {},
    "refuse template-not-allowed",
  ],
  ["an unknown template by root", root, ask("status", "zoe", "", "nope"), {}, "refuse template-not-allowed"],
  ["a path for a user", hub, ask("start", "../zoe"), {}, "refuse target-syntax"],
  ["a numeric user", hub, ask("start", "1001"), {}, "refuse target-syntax"],
  ["a server with a slash", hub, ask("start", "zoe", "a/b"), {}, "refuse target-syntax"],
  ["two dots for a server", hub, ask("start", "zoe", ".."), {}, "refuse target-syntax"],
  [
    "a server where there are no named ones",
    hubInUnit,
    ask("start", "zoe", "gpu", "unitgenerator"),
    {},
    "refuse target-syntax",
  ],
  ["a name too long for systemd", hub, ask("start", "zoe", "é".repeat(64)), {}, "refuse target-syntax"],
  ["an unknown user", hub, ask("start", "ghost"), factsFor("ghost"), "refuse target-unknown"],
  [
    "an entry of another name",
    hub,
    ask("start", "zoe"),
    factsFor("zoe", { account: accountFact("wash") }),
    "refuse target-unknown",
  ],
  ["root as a target", hub, ask("start", "root"), factsFor("root"), "refuse target-forbidden"],
  ["a system account", hub, ask("start", "daemon"), factsFor("daemon"), "refuse target-forbidden"],
  ["a uid below min_uid", hub, ask("start", "jupyter"), factsFor("jupyter"), "refuse target-forbidden"],
  ["nobody", hub, ask("start", "nobody"), factsFor("nobody"), "refuse target-forbidden"],
  [
    "a user without the group",
    hub,
    ask("start", "mallory"),
    factsFor("mallory"),
    "refuse target-not-eligible",
  ],
  [
    "a group that there is not",
    hub,
    ask("start", "zoe"),
    factsFor("zoe", { account: { ...accountFact("zoe"), gids: new Map([["jupyterhub", null]]) } }),
    "refuse target-not-eligible",
  ],
  [
    "a unit that is not what the template says",
    hub,
    ask("start", "zoe"),
    factsFor("zoe", { unit: { kind: "refused", problem: "its User= is root" } }),
    "refuse unit-mismatch",
  ],
  [
    "a unit without a file",
    hub,
    ask("start", "zoe"),
    factsFor("zoe", { unit: { kind: "not-found" } }),
    "refuse unit-mismatch",
  ],
  [
    "a verb above the rate",
    hub,
    ask("start", "zoe"),
    factsFor("zoe", { limits: { retryAfterMs: 5 } }),
    "refuse limited",
  ],
  [
    "a look above the rate of verbs",
    hub,
    ask("status", "zoe"),
    factsFor("zoe", { limits: { retryAfterMs: 5 } }),
    "allow hub",
  ],
  ["root looks at any target", root, ask("status", "ghost"), { unit: null }, "allow -"],
  ["root looks at any template", root, ask("status", "zoe", "", "unitgenerator"), { unit: null }, "allow -"],
  ["root's names are judged all the same", root, ask("status", "a b"), {}, "refuse target-syntax"],
  ["list with no target", hub, { method: "list", target: null }, {}, "allow hub"],
  [
    "list of one template",
    admin,
    { method: "list", target: null, template: "unitgenerator" },
    {},
    "allow admins-look",
  ],
  [
    "list of a template of another rule",
    hub,
    { method: "watch", target: null, template: "unitgenerator" },
    {},
    "refuse template-not-allowed",
  ],
  ["root lists", root, { method: "list", target: null }, {}, "allow -"],
  ["a start without a target", hub, { method: "start", target: null }, {}, "refuse target-syntax"],
  ["whether a unit is seen", hub, ask("list", "zoe"), { account: accountFact("zoe") }, "allow hub"],
  ["whether root sees it", root, ask("watch", "zoe"), {}, "allow -"],
];

describe("a decision", () => {
  test.each(CASES)("is as the policy says: %s", (_, peer, question, facts, verdict) => {
    expect(short(decide(policy, peer, question, facts))).toBe(verdict);
  });

  test("has a case here for every reason", () => {
    const reasons: Record<Reason, true> = {
      "peer-unreadable": true,
      "peer-no-rule": true,
      "peer-outside-unit": true,
      "method-not-allowed": true,
      "template-not-allowed": true,
      "target-syntax": true,
      "target-unknown": true,
      "target-forbidden": true,
      "target-not-eligible": true,
      "unit-mismatch": true,
      limited: true,
    };
    const reached = CASES.map((each) => each[4]).filter((verdict) => verdict.startsWith("refuse"));
    expect([...new Set(reached)].sort()).toEqual(
      Object.keys(reasons)
        .map((reason) => `refuse ${reason}`)
        .sort(),
    );
  });

  test("says which param is malformed, and how", () => {
    const decision = decide(policy, hub, ask("start", "zoe", "a/b"), {});
    expect(decision).toMatchObject({
      syntax: { path: "server", problem: expect.stringContaining("letters") },
    });
  });

  test("asks for the template where more than one is allowed and none is the default", async () => {
    const ambiguous = await policyOf(SAMPLE.replace("default = true", ""));
    const decision = decide(ambiguous, hubInUnit, ask("start", "zoe"), {});
    expect(decision).toMatchObject({ reason: "target-syntax", syntax: { path: "template" } });
    expect(short(decide(ambiguous, hub, ask("start", "zoe"), factsFor("zoe")))).toBe("allow hub");
  });

  test("resolves the target to its unit", () => {
    const decision = decide(policy, hub, ask("start", "zoe", "g-p"), factsFor("zoe"));
    expect(decision.resolved).toMatchObject({
      target: { template: "singleuser", user: "zoe", server: "g-p" },
      unit: "jupyterhub-singleuser-zoe@g\\x2dp.service",
    });
    expect(decision).toMatchObject({ account: { name: "zoe", uid: 1001 } });
  });

  test("is frozen", () => {
    const decision = decide(policy, hub, ask("start", "zoe"), factsFor("zoe"));
    const parts = [decision, decision.steps, decision.steps[0], decision.resolved, decision.resolved?.target];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    const needs = decide(policy, hub, ask("start", "zoe"), {});
    expect(needs.verdict === "need" && Object.isFrozen(needs.groups)).toBe(true);
  });

  test("tells an admin which rules were looked at, where they stand, and why they do not fit", () => {
    const { steps } = decide(policy, stranger, ask("start", "zoe"), {});
    expect(steps[0]).toEqual({
      step: "peer",
      ok: false,
      rule: "hub",
      file: policy.rules[0]?.place.file,
      line: 17,
      text: expect.stringMatching(
        /^rule hub \(.*:17\) is for user jupyter \(uid 990\); the peer is uid 1003/,
      ),
    });
    expect(steps.at(-1)).toMatchObject({ ok: false, rule: null, text: "no rule matches this peer" });
  });

  test("ends with a step that is not ok exactly when it refuses", () => {
    for (const [, peer, question, facts] of CASES) {
      const decision = decide(policy, peer, question, facts);
      expect(decision.steps.at(-1)?.ok).toBe(decision.verdict !== "refuse");
    }
  });
});

describe("facts are asked for", () => {
  test("in the order of the steps, and only once a step wants them", () => {
    const question = ask("start", "zoe");
    const account = accountFact("zoe");
    const decisions = [{}, { account }, { account, unit: null }].map((facts) =>
      decide(policy, hub, question, facts),
    );
    expect(decisions.map(short)).toEqual(["need account", "need unit", "need limits"]);
    expect(decisions[0]).toMatchObject({ groups: ["jupyterhub"], account: null });
    expect(decisions[1]).toMatchObject({ account: { uid: 1001 } });
  });

  test("never for a peer whom an earlier step refuses", () => {
    for (const method of METHOD_NAMES) {
      expect(decide(policy, stranger, ask(method, "zoe"), {}).verdict).toBe("refuse");
    }
  });

  test("without the account where root looks, and without unit and limits for what is only seen", () => {
    expect(short(decide(policy, root, ask("status", "zoe"), {}))).toBe("need unit");
    expect(short(decide(policy, hub, ask("list", "zoe"), {}))).toBe("need account");
    expect(
      short(decide(policy, hub, ask("status", "zoe"), { account: accountFact("zoe"), unit: null })),
    ).toBe("allow hub");
  });
});

describe("letting go", () => {
  const record = { rule: "hub", peerUid: 990 };
  const gone = ["ghost", "mallory", "daemon"];
  const letting = ["stop", "reset-failed", "remove-credentials", "status", "list", "watch"];

  test.each(RULE_METHODS)("is for what ends or shows a server alone: %s", (method) => {
    for (const user of gone) {
      const asked = decide(policy, hub, ask(method, user), { account: accountFact(user) });
      const decision = decide(policy, hub, ask(method, user), factsFor(user, { record }));
      if (letting.includes(method)) {
        expect(short(asked)).toBe("need record");
        expect(short(decision)).toBe("allow hub");
      } else {
        expect(asked.verdict).toBe("refuse");
        expect(decision.verdict).toBe("refuse");
      }
    }
  });

  test("gives no account where there is none", () => {
    expect(decide(policy, hub, ask("stop", "ghost"), factsFor("ghost", { record }))).toMatchObject({
      account: null,
    });
  });

  test("is refused without a record, and with one of a rule that does not hold for this peer and method", () => {
    expect(short(decide(policy, hub, ask("stop", "ghost"), factsFor("ghost")))).toBe("refuse target-unknown");
    for (const rule of ["admins-look", "generator", "nope"]) {
      const facts = factsFor("mallory", { record: { rule, peerUid: 990 } });
      expect(short(decide(policy, hub, ask("stop", "mallory"), facts))).toBe("refuse target-not-eligible");
    }
    const facts = factsFor("mallory", { record });
    expect(short(decide(policy, admin, ask("status", "mallory"), facts))).toBe("refuse target-not-eligible");
    expect(short(decide(policy, stranger, ask("stop", "mallory"), facts))).toBe("refuse peer-no-rule");
  });

  test("is not asked about while the account is eligible", () => {
    expect(short(decide(policy, hub, ask("stop", "zoe"), { account: accountFact("zoe") }))).toBe("need unit");
  });
});

describe("the authorisation matrix of the sample policy", () => {
  const peers: Record<string, Peer> = { hub, hubInUnit, root, admin, stranger };
  const looks = ["status", "list", "watch"];
  const hubMethods: readonly string[] = RULE_METHODS;
  /** What each peer may do to zoe, by template. */
  const expected: Record<string, Record<string, readonly string[]>> = {
    hub: { singleuser: hubMethods, unitgenerator: [] },
    hubInUnit: { singleuser: hubMethods, unitgenerator: ["start", "status"] },
    root: { singleuser: looks, unitgenerator: looks },
    admin: { singleuser: looks, unitgenerator: looks },
    stranger: { singleuser: [], unitgenerator: [] },
  };

  test.each(Object.keys(peers))("holds for %s", (name) => {
    const peer = peers[name];
    if (peer === undefined) throw new Error("no such peer");
    const matrix = Object.fromEntries(
      ["singleuser", "unitgenerator"].map((template) => [
        template,
        METHOD_NAMES.filter(
          (method) =>
            METHODS[method].inRules &&
            decide(policy, peer, ask(method, "zoe", "", template), factsFor("zoe")).verdict === "allow",
        ),
      ]),
    );
    expect(matrix).toEqual(expected[name]);
  });
});

describe("a peer alone", () => {
  test("is matched by the rules before it asks for anything", () => {
    expect(matchPeer(policy, hub)).toMatchObject({ reason: null, rules: [{ name: "hub" }] });
    expect(matchPeer(policy, root)).toMatchObject({ reason: null, rules: [] });
    expect(matchPeer(policy, stranger).reason).toBe("peer-no-rule");
    expect(matchPeer(policy, peerOf("wash")).reason).toBe("peer-outside-unit");
    expect(matchPeer(policy, { ...hub, uid: null }).reason).toBe("peer-unreadable");
  });

  test("is matched by its primary group as by the others", () => {
    expect(matchPeer(policy, peerOf("ada", { gid: ADM_GID })).reason).toBeNull();
    expect(matchPeer(policy, admin).reason).toBeNull();
  });

  test("must hold user and group where a rule names both", async () => {
    const both = await policyOf(
      SAMPLE.replace('{ user = "jupyter" }', '{ user = "jupyter", group = "adm" }'),
    );
    expect(matchPeer(both, hub).rules).toEqual([]);
    expect(matchPeer(both, { ...hub, groups: [ADM_GID] }).rules.map(({ name }) => name)).toContain("hub");
  });
});
