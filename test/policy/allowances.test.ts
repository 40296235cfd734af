import { expect, test } from "@jest/globals";
import { METHOD_NAMES, RULE_METHODS } from "../../src/protocol/methods.ts";
import { allowancesOf } from "../../src/policy/allowances.ts";
import { ADM_GID, SAMPLE, peerOf, policyOf } from "./support.ts";

test("a hub may use what its rules say, and sessions", async () => {
  const { methods, templates } = allowancesOf(await policyOf(SAMPLE), peerOf("jupyter"));
  expect(methods).toEqual(METHOD_NAMES.filter((name) => name !== "explain"));
  expect([...templates]).toEqual([["singleuser", RULE_METHODS]]);
});

test("a peer in its rule's unit may use that rule's templates as well", async () => {
  const peer = peerOf("jupyter", { unit: "jupyterhub.service" });
  const { templates } = allowancesOf(await policyOf(SAMPLE), peer);
  expect([...templates]).toEqual([
    ["singleuser", RULE_METHODS],
    ["unitgenerator", ["start", "status"]],
  ]);
});

test("an admin who only looks is told of looks alone", async () => {
  const { methods, templates } = allowancesOf(await policyOf(SAMPLE), peerOf("ada", { groups: [ADM_GID] }));
  expect(methods).toEqual(["describe", "status", "list", "watch", "unwatch"]);
  expect([...templates.keys()]).toEqual(["singleuser", "unitgenerator"]);
});

test("root may look at every template, also where there is no rule", async () => {
  const { methods, templates } = allowancesOf(await policyOf(SAMPLE), peerOf("root"));
  expect(methods).toEqual(["describe", "status", "list", "watch", "unwatch", "explain"]);
  expect([...templates.values()]).toEqual([
    ["status", "list", "watch"],
    ["status", "list", "watch"],
  ]);
  expect(allowancesOf(await policyOf("version = 1\n"), peerOf("root")).methods).toEqual(methods);
});

test("a stranger is told of nothing", async () => {
  const { methods, templates } = allowancesOf(await policyOf(SAMPLE), peerOf("mallory"));
  expect([methods, [...templates]]).toEqual([[], []]);
});
