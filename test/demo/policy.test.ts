import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "smol-toml";
import { CHANGED, demoPolicy } from "../../demo/policy.ts";

const SHIPPED = readFileSync(join(import.meta.dirname, "../../systemd/policy.toml"), "utf8");

test("the demo's policy is the shipped example, with an idle time to watch and no settling", () => {
  expect(parse(demoPolicy(SHIPPED))).toMatchObject({
    version: 1,
    limits: { idle_exit_seconds: 1 },
    template: { singleuser: { settle_ms: 0, run_as: "{user}" } },
    allow: [
      { name: "hub", peer: { user: "jupyter" }, target: { group: "jupyterhub" } },
      { name: "hub-makes-units" },
      { name: "admins-look" },
    ],
  });
});

test("what the demo changes of it is told in words", () => {
  expect(CHANGED).toBe("idle_exit_seconds = 1 and settle_ms = 0");
});

test("an example that no longer has what the demo changes is not taken", () => {
  const longer = SHIPPED.replace("idle_exit_seconds = 60", "idle_exit_seconds = 90");
  expect(() => demoPolicy(longer)).toThrow("no longer says idle_exit_seconds = 60");
});
