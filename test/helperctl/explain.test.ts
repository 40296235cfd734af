import { describe, expect, test } from "@jest/globals";
import type { ExplainResult } from "../../src/protocol/results.ts";
import { ACTED_ON, asked, HOSTILE } from "./support.ts";

const step = (name: string, ok: boolean, text: string): ExplainResult["steps"][number] => ({
  step: name,
  ok,
  rule: null,
  file: null,
  line: null,
  text,
});

const ALLOWED: ExplainResult = {
  allowed: true,
  reason: null,
  steps: [step("peer", true, "rule hub fits")],
  rule: { name: "hub", file: "/etc/policy.toml", line: 7 },
  nearest: null,
};
const REFUSED: ExplainResult = {
  allowed: false,
  reason: "target-not-eligible",
  steps: [step("peer", true, "rule hub fits"), step("account", false, "no rule here is for mallory")],
  rule: null,
  nearest: {
    rule: { name: "hub", file: "/etc/policy.toml", line: 7 },
    changes: ["put mallory into the group jupyterhub"],
  },
};

describe("explain", () => {
  test("exits with 0 and shows the steps of what is allowed", async () => {
    const { status, printed } = await asked(["explain", "--as", "jupyter", "start", "zoe"], ALLOWED);
    expect({ status, printed }).toEqual({
      status: 0,
      printed: "allowed, by rule hub\n  yes  peer  rule hub fits\n",
    });
  });

  test("exits with 1 and says why, for what is refused", async () => {
    const { status, printed } = await asked(["explain", "--as", "jupyter", "start", "mallory"], REFUSED);
    expect({ status, printed }).toEqual({
      status: 1,
      printed: [
        "refused: target-not-eligible",
        "  yes  peer     rule hub fits",
        "  no   account  no rule here is for mallory",
        "",
        "The nearest is rule hub (/etc/policy.toml:7). One change would allow it:",
        "  - put mallory into the group jupyterhub",
        "",
      ].join("\n"),
    });
  });

  test.each([
    ["990", { uid: 990 }],
    ["jupyter", { user: "jupyter" }],
    ["0x3de", { user: "0x3de" }],
    ["hub.service", { unit: "hub.service" }],
  ])("takes --as %s for %j", async (peer, sent) => {
    const { requests } = await asked(["explain", "--as", peer, "start", "zoe"], ALLOWED);
    expect(requests[0]?.params).toEqual({ peer: sent, method: "start", user: "zoe" });
  });

  test("passes the peer's unit, the server and the template on", async () => {
    const options = ["--as", "990", "--as-unit", "hub.service", "--template", "singleuser"];
    const { requests } = await asked(["explain", ...options, "start", "zoe", "gpu"], ALLOWED);
    expect(requests[0]?.params).toEqual({
      peer: { uid: 990, unit: "hub.service" },
      method: "start",
      user: "zoe",
      server: "gpu",
      template: "singleuser",
    });
  });

  test("exits with 1 with --json as well", async () => {
    const { status, printed } = await asked(["explain", "--json", "--as", "990", "start", "zoe"], REFUSED);
    expect(status).toBe(1);
    expect(JSON.parse(printed)).toEqual(REFUSED);
  });

  test("keeps hostile text from the terminal", async () => {
    const hostile = {
      allowed: false,
      reason: HOSTILE,
      steps: [step(HOSTILE, false, HOSTILE.repeat(10_000))],
      rule: null,
      nearest: { rule: { name: HOSTILE, file: HOSTILE, line: 1 }, changes: [HOSTILE] },
    };
    const { printed } = await asked(["explain", "--as", "990", "start", "zoe"], hostile);
    expect(printed).not.toMatch(ACTED_ON);
    expect(printed.trimEnd().split("\n")).toHaveLength(5);
    expect(printed.length).toBeLessThan(12_000);
  });
});
