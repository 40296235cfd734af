import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../src/policy/decide.ts";
import { findNearestRule } from "../../src/policy/nearest-rule.ts";
import type { Judge, NearestRule } from "../../src/policy/nearest-rule.ts";
import type { Facts, Peer, Policy, Question } from "../../src/policy/types.ts";
import { policyWith, scene } from "./scenes.ts";
import { ACCOUNTS, JUPYTERHUB_GID, peerOf, policyOf, SAMPLE } from "./support.ts";

let policy: Policy;

beforeAll(async () => {
  policy = await policyOf(SAMPLE);
});

/** Decides with facts that are all known beforehand. */
const judgeWith =
  (peer: Peer, question: Question, facts: Facts): Judge =>
  (under) => {
    const decision = decide(under, peer, question, facts);
    if (decision.verdict === "need") throw new Error(`the fact ${decision.fact} is missing`);
    return Promise.resolve({ decision, facts });
  };

const factsFor = (user: string, more: Facts = {}): Facts => ({
  account: { entry: ACCOUNTS[user] ?? null, gids: new Map([["jupyterhub", JUPYTERHUB_GID]]) },
  record: null,
  unit: null,
  limits: { retryAfterMs: 0 },
  ...more,
});

function nearest(
  name: string,
  method: string,
  user: string,
  { unit = null, template, facts = {} }: { unit?: string | null; template?: string; facts?: Facts } = {},
): Promise<NearestRule | null> {
  const peer = peerOf(name, { unit });
  const named = template === undefined ? {} : { template };
  const question = { method, target: { user, server: "", ...named } };
  return findNearestRule(
    policy,
    { peer, peerName: name, question },
    judgeWith(peer, question, factsFor(user, facts)),
  );
}

const told = (found: NearestRule | null): unknown => found && [found.rule.name, ...found.changes];

describe("the nearest rule", () => {
  test("for an account that is not eligible is the one it could be eligible under", async () => {
    expect(told(await nearest("jupyter", "start", "mallory"))).toEqual([
      "hub",
      "put mallory into the group jupyterhub: usermod --append --groups jupyterhub mallory",
    ]);
  });

  test("for an account that has no business in a group is one that lists users", async () => {
    expect(
      told(
        await nearest("jupyter", "start", "mallory", {
          unit: "jupyterhub.service",
          template: "unitgenerator",
        }),
      ),
    ).toEqual(["generator", 'add "mallory" to the users of its target']);
  });

  test("for a method is the one that lacks it", async () => {
    expect(told(await nearest("wash", "stop", "wash", { unit: "wash.service" }))).toEqual([
      "confined",
      'add "stop" to its methods',
    ]);
  });

  test("for a peer outside of its unit says the unit", async () => {
    expect(told(await nearest("wash", "status", "wash"))).toEqual([
      "confined",
      "let the peer ask from the unit wash.service, or take unit out of its peer",
    ]);
  });

  test("for a stranger is one of a group that it can join, or one that it can be made the peer of", async () => {
    expect(told(await nearest("mallory", "status", "zoe"))).toEqual([
      "hub",
      'make mallory its peer: peer = { user = "mallory" }',
    ]);
  });

  test("says everything that it lacks where that is more than one thing", async () => {
    expect(told(await nearest("wash", "stop", "zoe"))).toEqual([
      "hub",
      'make wash its peer: peer = { user = "wash" }',
    ]);
  });

  test("names what lies outside of the policy", async () => {
    const facts: Facts = { unit: { kind: "not-found" } };
    expect(told(await nearest("jupyter", "start", "zoe", { facts }))).toEqual([
      "hub",
      "mend what lies outside of the policy: there is no unit file for it",
    ]);
  });

  test.each([["root"], ["nobody"], ["daemon"], ["no-such-account"]])(
    "is none for %s, whom no rule can make a target",
    async (user) => {
      expect(await nearest("jupyter", "start", user)).toBeNull();
    },
  );

  test("is none for a method that no rule can list", async () => {
    expect(await nearest("jupyter", "explain", "zoe")).toBeNull();
  });
});

test("whatever the policy, the one change that it names does allow the request", async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ rules, peer, question, facts }) => {
      const known = { record: null, unit: null, limits: { retryAfterMs: 0 }, ...facts };
      fc.pre(known.account !== undefined);
      const whole = policyWith(rules);
      const judge = judgeWith(peer, question, known);
      fc.pre((await judge(whole)).decision.verdict === "refuse");
      const tried: Policy[] = [];
      const found = await findNearestRule(whole, { peer, peerName: "somebody", question }, (under) => {
        tried.push(under);
        return judge(under);
      });
      if (found === null) return;
      expect(whole.rules).toContain(found.rule);
      expect(found.changes.length).toBeGreaterThan(0);
      // Where nothing outside is in the way, a policy was tried that does allow it.
      const last = found.changes.at(-1) ?? "";
      const isAllowed = tried.some((under) => decide(under, peer, question, known).verdict === "allow");
      expect(isAllowed).toBe(!last.startsWith("mend what lies outside"));
    }),
    { numRuns: 2000 },
  );
});
