import { beforeAll, describe, expect, test } from "@jest/globals";
import type { ExplainResult } from "../../src/protocol/results.ts";
import { HUB, ROOT, setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  policy: '[template.generator]\nunit = "generator@{user}.service"\nrun_as = "root"\n',
});
const POLICY = "/etc/hub-helper/policy.toml";

let ruleLine: number;
beforeAll(async () => {
  await writeUnit(stage.testbed, "zoe");
  ruleLine = (await stage.testbed.read(POLICY)).split("\n").indexOf("[[allow]]") + 1;
});

test("describe tells uid 0 of the policy, connections, counts and the last refusals, and nobody else", async () => {
  const hub = await stage.connect(HUB);
  await hub.error("start", { user: "mallory" });
  expect(Object.keys(await hub.result("describe")).sort()).toEqual([
    "limits",
    "methods",
    "name",
    "peer",
    "protocol",
    "templates",
    "version",
  ]);
  const root = await stage.connect(ROOT);
  const described = await root.result("describe");
  expect(described).toMatchObject({
    peer: { uid: 0, user: "root" },
    methods: ["describe", "status", "list", "watch", "unwatch", "explain"],
    policy: { hash: expect.any(String), ageSeconds: expect.any(Number), warnings: [] },
    connections: 2,
    counts: { refused: 1, allowed: { describe: expect.any(Number) } },
    lastRefusals: [{ method: "start", reason: "target-not-eligible", peerUid: expect.any(Number) }],
  });
  expect(Object.keys(described["templates"] as object)).toEqual(["singleuser", "generator"]);
});

test("uid 0 may look at every target of every template without a rule", async () => {
  const root = await stage.connect(ROOT);
  for (const target of [
    { user: "zoe" },
    { user: "mallory" },
    { user: "no-such-account" },
    { user: "root" },
    { user: "zoe", template: "generator" },
  ]) {
    expect(await root.result("status", target)).toMatchObject({ user: target.user, activeState: "inactive" });
  }
  await root.result("watch", {});
  const hub = await stage.connect(HUB);
  await hub.result("start", { user: "zoe" });
  await root.notification("unit-changed", unitIs("active"));
  expect((await root.result("list"))["units"]).toMatchObject([{ user: "zoe", activeState: "active" }]);
  await hub.result("stop", { user: "zoe" });
});

test("uid 0 needs a rule to change something", async () => {
  const root = await stage.connect(ROOT);
  for (const method of ["start", "stop", "reset-failed", "write-credentials", "remove-credentials"]) {
    expect((await root.error(method, { user: "zoe" })).data).toEqual({ code: "denied" });
  }
});

describe("explain", () => {
  const explain = async (params: object): Promise<ExplainResult> =>
    (await (await stage.connect(ROOT)).result("explain", params)) as unknown as ExplainResult;

  test("shows each step of what is allowed, with the rule and its place", async () => {
    const peer = { user: "jupyter" };
    const { allowed, reason, steps } = await explain({ peer, method: "start", user: "zoe" });
    expect([allowed, reason]).toEqual([true, null]);
    expect(steps.every(({ ok }) => ok)).toBe(true);
    const names = [...new Set(steps.map(({ step }) => step))];
    expect(names).toEqual(["peer", "method", "template", "target", "account", "unit", "limits"]);
    const byRule = steps.filter(({ rule }) => rule !== null);
    expect(byRule.length).toBeGreaterThan(0);
    for (const { rule, file, line } of byRule) expect([rule, file, line]).toEqual(["hub", POLICY, ruleLine]);
    for (const step of steps) {
      expect(Object.keys(step).sort()).toEqual(["file", "line", "ok", "rule", "step", "text"]);
      expect(step.text).not.toBe("");
    }
  });

  test.each<[string, object, string]>([
    ["a peer of no rule", { peer: { user: "mallory" }, method: "start", user: "zoe" }, "peer-no-rule"],
    ["a uid without an account", { peer: { uid: 4711 }, method: "start", user: "zoe" }, "peer-no-rule"],
    ["uid 65534", { peer: { uid: 65534 }, method: "start", user: "zoe" }, "peer-unreadable"],
    [
      "another template",
      { peer: { user: "jupyter" }, method: "start", user: "zoe", template: "generator" },
      "template-not-allowed",
    ],
    ["an ill name", { peer: { user: "jupyter" }, method: "start", user: "a b" }, "target-syntax"],
    ["nobody", { peer: { user: "jupyter" }, method: "start", user: "no-such-account" }, "target-unknown"],
    ["root", { peer: { user: "jupyter" }, method: "start", user: "root" }, "target-forbidden"],
    ["somebody else", { peer: { user: "jupyter" }, method: "start", user: "mallory" }, "target-not-eligible"],
    ["a missing file", { peer: { user: "jupyter" }, method: "start", user: "wash" }, "unit-mismatch"],
  ])("shows the step at which %s is refused, and why", async (_, params, reason) => {
    const explained = await explain(params);
    expect(explained).toMatchObject({ allowed: false, reason });
    expect(explained.steps.at(-1)).toMatchObject({ ok: false, text: expect.stringMatching(/./) });
  });

  test("carries nothing out, and draws on no limit", async () => {
    await explain({ peer: { user: "jupyter" }, method: "start", user: "zoe" });
    expect(await stage.property("jupyterhub-singleuser-zoe.service", "ActiveState")).toBe("inactive");
  });

  test("is for uid 0 alone", async () => {
    const hub = await stage.connect(HUB);
    const params = { peer: { user: "jupyter" }, method: "start", user: "zoe" };
    expect((await hub.error("explain", params)).data).toEqual({ code: "denied" });
  });
});
