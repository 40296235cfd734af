import { describe, expect, test } from "@jest/globals";
import { renderCredentials } from "../../src/helper/credentials/render.ts";
import type { CredentialRules } from "../../src/policy/types.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import type { Target } from "../../src/protocol/target.ts";

const target = { template: "singleuser", user: "zoe", server: "gpu" } as Target;
const rules: CredentialRules = {
  files: new Set(["keyfile", "certfile"]),
  env: new Set(["TOKEN", "URL"]),
  envPinned: new Map([
    ["HUB_USER", "{user}"],
    ["HUB_SERVER", "{user}/{server}"],
  ]),
  maxBytes: 64,
};

type Env = Record<string, string>;
const render = (
  env: Env,
  files: Record<string, string> = {},
  by: CredentialRules | null = rules,
): Map<string, string> => {
  const contents = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const set = renderCredentials(by, target, new Map(Object.entries(env)), contents);
  return new Map([...set].map(([name, bytes]) => [name, bytes.toString()]));
};

function refusalOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.toWire().data;
  }
  return null;
}

describe("renderCredentials", () => {
  test("renders what was sent and what is pinned, one a line, sorted by name", () => {
    expect(render({ URL: "http://x", TOKEN: "t" }).get("env")).toBe(
      "HUB_SERVER=zoe/gpu\nHUB_USER=zoe\nTOKEN=t\nURL=http://x\n",
    );
  });

  test("renders pinned names when nothing is sent", () => {
    expect([...render({})]).toEqual([["env", "HUB_SERVER=zoe/gpu\nHUB_USER=zoe\n"]]);
  });

  test("keeps every character of a value that is not a newline", () => {
    const value = "$(reboot) `x` \"'\\ =\t é ";
    expect(render({ TOKEN: value }).get("env")).toContain(`TOKEN=${value}\n`);
  });

  test("takes a pinned name that is sent with the pinned value", () => {
    expect(render({ HUB_USER: "zoe" }).get("env")).toContain("HUB_USER=zoe\n");
  });

  test.each<[string, () => unknown, string, RegExp]>([
    [
      "a name that the policy does not list",
      () => render({ LD_PRELOAD: "x" }),
      "LD_PRELOAD",
      /does not list/,
    ],
    [
      "a name such as __proto__",
      () => render(JSON.parse('{"__proto__": "x"}') as Env),
      "__proto__",
      /does not list/,
    ],
    ["another value for a pinned name", () => render({ HUB_USER: "wash" }), "HUB_USER", /pins another value/],
    ["a newline in a value", () => render({ TOKEN: "a\nLD_PRELOAD=x" }), "TOKEN", /newline/],
    ["a file that the policy does not list", () => render({}, { shadow: "x" }), "shadow", /does not list/],
    [
      "a file that would take the environment's place",
      () => render({}, { env: "x" }),
      "env",
      /does not list/,
    ],
    [
      "more bytes than the template takes",
      () => render({}, { keyfile: "x".repeat(64) }),
      "keyfile",
      /64 bytes/,
    ],
    ["anything for a template without credentials", () => render({}, {}, null), "env", /no credentials/],
  ])("refuses %s", (_, run, name, problem) => {
    expect(refusalOf(run)).toEqual({
      code: "credentials-refused",
      name,
      problem: expect.stringMatching(problem) as unknown,
    });
  });
});
