import { afterEach, describe, expect, test } from "@jest/globals";
import * as v from "valibot";
import { errorOfRefusal } from "../../src/helper/errors.ts";
import { DEFAULT_LIMITS } from "../../src/policy/default-limits.ts";
import { NEVER_ENVIRONMENT } from "../../src/policy/never.ts";
import { fileSchema, limitsSchema, ruleSchema, templateSchema } from "../../src/policy/schema.ts";
import type { Facts, Reason } from "../../src/policy/types.ts";
import { RULE_METHODS } from "../../src/protocol/methods.ts";
import { PolicyDirectory } from "../policy/support.ts";
import { codesIn, fencesOf, read, sectionOf, tableOf } from "./markdown.ts";

const text = read("docs/policy.md");

/** A table as the TOML parser makes them: without a prototype. */
const table = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.assign(Object.create(null) as Record<string, unknown>, members);

/** The keys that a schema knows: it lists them when it meets one that it does not. */
function keysOf(schema: v.GenericSchema, inside: readonly string[] = []): string[] {
  const value = inside.reduceRight((inner, key) => table({ [key]: inner }), table({ "?": true }));
  const { issues = [] } = v.safeParse(schema, value);
  const at = [...inside, "?"].join(".");
  const message = issues.find((issue) => v.getDotPath(issue) === at)?.message ?? "";
  return message.replace(/^.*known here: /, "").split(", ");
}

const documentedKeys = (section: string, ...header: readonly string[]): (string | undefined)[] =>
  tableOf(section, ...header).map(([key = ""]) => codesIn(key)[0]);

describe("the keys of the policy", () => {
  const files = sectionOf(text, "## Files");
  const templates = sectionOf(text, "## Templates");
  const [template = "", credentials = ""] = templates.split("### Credentials");
  const rules = sectionOf(text, "## Rules");
  const [rule = "", rest = ""] = rules.split("**`peer`**");
  const [peer = "", target = ""] = rest.split("**`target`**");

  test.each([
    ["a file", documentedKeys(files, "key", ""), keysOf(fileSchema)],
    ["a template", documentedKeys(template, "key", "default", ""), keysOf(templateSchema)],
    [
      "its credentials",
      documentedKeys(credentials, "key", "default", ""),
      keysOf(templateSchema, ["credentials"]),
    ],
    ["a rule", documentedKeys(rule, "key", ""), keysOf(ruleSchema)],
    ["its peer", documentedKeys(peer, "key", ""), keysOf(ruleSchema, ["peer"])],
    ["its target", documentedKeys(target, "key", "default", ""), keysOf(ruleSchema, ["target"])],
  ])("are, for %s, those of the schema", (_what, documented, known) => {
    expect([...documented].sort()).toEqual([...known].sort());
  });

  test("name the methods that a rule can list", () => {
    const [, row = ""] = tableOf(rule, "key", "").find(([key]) => key === "`methods`") ?? [];
    expect(codesIn(row)).toEqual(RULE_METHODS);
  });
});

describe("the table of limits", () => {
  const rows = tableOf(text, "limit", "default", "least", "most", "");
  const accepts = (name: string, value: number): boolean =>
    v.safeParse(limitsSchema, table({ [name]: value })).success;

  test("lists every limit with its default, and no other", () => {
    const documented = rows.map(([name = "", value]) => [codesIn(name)[0], Number(value)]);
    expect(documented).toEqual(Object.entries(DEFAULT_LIMITS));
  });

  test.each(rows)("says of %s that it has the default %s and goes from %s to %s", (cell, _, low, high) => {
    const [name = ""] = codesIn(cell);
    const [least, most] = [Number(low), Number(high)];
    expect([least, most].map((value) => accepts(name, value))).toEqual([true, true]);
    const beyond = [least * 0.999, least - 1, most * 1.001, most + 1];
    expect(beyond.map((value) => accepts(name, value))).toEqual([false, false, false, false]);
  });
});

test("the list of names that are never let through is the code's", () => {
  const [, ...groups] = sectionOf(text, "### Environment names").split(/^\*\*(.+)\*\*$/m);
  const documented = groups.flatMap((group, at) => {
    if (at % 2 === 1) return [];
    const items = (groups[at + 1] ?? "").split(/^- /m).slice(1);
    return items.flatMap((item) => {
      const [, names = "", reason = ""] = /^(.*?`): (.*)$/.exec(item.trim().replace(/\s+/g, " ")) ?? [];
      return codesIn(names).map((name) => ({ group, name, reason }));
    });
  });
  expect(documented).toEqual(NEVER_ENVIRONMENT);
});

/** Every reason, with the facts under which its error is told. A reason that is not here does not compile. */
const FACTS: Readonly<Record<Reason, readonly Facts[]>> = {
  "peer-unreadable": [{}],
  "peer-no-rule": [{}],
  "peer-outside-unit": [{}],
  "method-not-allowed": [{}],
  "template-not-allowed": [{}],
  "target-syntax": [{}],
  "target-unknown": [{}],
  "target-forbidden": [{}],
  "target-not-eligible": [{}],
  "unit-mismatch": [{ unit: { kind: "refused", problem: "it is masked" } }, { unit: { kind: "not-found" } }],
  limited: [{}],
};

test("the table of reasons lists each of them with what the peer sees, and no other", () => {
  const rows = tableOf(text, "reason", "the peer sees", "meaning");
  const documented = rows.map(([reason = "", seen = ""]) => [codesIn(reason)[0], codesIn(seen)]);
  const told = Object.entries(FACTS).map(([reason, each]) => [
    reason,
    each.map(
      (facts) =>
        errorOfRefusal(
          { verdict: "refuse", reason: reason as Reason, syntax: null, steps: [], resolved: null },
          facts,
        ).code,
    ),
  ]);
  expect(documented).toEqual(told);
});

describe("an example of a policy", () => {
  let directory: PolicyDirectory | null = null;
  afterEach(() => {
    directory?.remove();
    directory = null;
  });

  const examples = ["README.md", "docs/policy.md", "docs/units.md", "docs/operations.md"].flatMap((file) =>
    fencesOf(read(file))
      .filter(({ language }) => language === "toml")
      .map(({ body }, at) => [`${file} (${at + 1})`, body] as const),
  );

  test("is in the README and on the policy's own page", () => {
    expect(examples.map(([where]) => where)).toEqual(
      expect.arrayContaining(["README.md (1)", "docs/policy.md (1)"]),
    );
  });

  test.each(examples)("loads, without a warning: %s", async (_where, body) => {
    directory = new PolicyDirectory().write(body);
    const policy = await directory.load();
    expect(policy.warnings).toEqual([]);
    expect(policy.rules.length).toBeGreaterThan(0);
  });
});
