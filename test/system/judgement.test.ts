import { beforeAll, describe, expect, test } from "@jest/globals";
import { METHOD_NAMES } from "../../src/protocol/methods.ts";
import type { RawClient, Speaker } from "./raw-client.ts";
import { HUB, setStage, STRANGER } from "./stage.ts";
import { writeUnit } from "./world.ts";

const LOOKER: Speaker = { as: { uid: "wash", gid: "wash", groups: ["hub-helper"] } };

const stage = setStage({
  limits: { verbs_per_second: 1, verbs_burst: 1 },
  policy: `
[template.generator]
unit = "generator@{user}.service"
run_as = "root"

[[allow]]
name = "looker"
peer = { user = "wash" }
methods = ["status"]
templates = ["singleuser"]
target = { users = ["zoe"] }
`,
});

beforeAll(async () => {
  const { testbed } = stage;
  await writeUnit(testbed, "zoe");
  await testbed.run(["ln", "-s", "/dev/null", "/etc/systemd/system/jupyterhub-singleuser-mallory.service"]);
  await testbed.addUser("young", { uid: 900, groups: ["jupyterhub"] });
  await testbed.addUser("fileless", { groups: ["jupyterhub"] });
});

/** The answers to requests of the same id, each sent when the one before was answered. */
async function linesFor(
  client: RawClient,
  requests: readonly (readonly [string, unknown])[],
): Promise<string[]> {
  const from = client.lines.length;
  for (const [method, params] of requests) {
    client.sendFrame({ jsonrpc: "2.0", id: "same", method, params });
    await client.received(client.lines.length + 1);
  }
  return client.lines.slice(from);
}

const DENIED =
  '{"jsonrpc":"2.0","id":"same","error":{"code":-32000,"message":"The policy does not allow this.","data":{"code":"denied"}}}';

test("a peer that no rule matches is denied whatever it asks for, before method and params, byte for byte", async () => {
  const params = [{}, { user: "zoe" }, { user: "nobody-at-all" }, { user: 7 }, { extra: true }, [1]];
  const methods = [...METHOD_NAMES, "no-such-method", "", "__proto__", "constructor", "rpc.discover"];
  const requests = methods.flatMap((method) => params.map((each) => [method, each] as const));
  const lines = await linesFor(await stage.connect(STRANGER), requests);
  expect(new Set(lines)).toEqual(new Set([DENIED]));
});

test("a member that stands twice is no concern of a peer that no rule matches", async () => {
  const client = await stage.connect(STRANGER);
  client.send('{"jsonrpc":"2.0","id":"same","method":"describe","params":{"a":1,"a":2}}\n');
  expect(await client.received(1)).toEqual([DENIED]);
});

test("the method comes before the params, the params before the template, the template before the target", async () => {
  const looker = await stage.connect(LOOKER);
  expect((await looker.error("start", { nonsense: 1 })).data.code).toBe("denied");
  expect((await looker.error("no-such-method", { nonsense: 1 })).data.code).toBe("unknown-method");
  const ill = { template: "no-such-template", user: "zoe", nonsense: 1 };
  expect((await looker.error("status", ill)).data.code).toBe("invalid-params");
  expect((await looker.error("status", { template: "no-such-template", user: "!" })).data.code).toBe(
    "denied",
  );
  expect((await looker.error("status", { template: "generator", user: "!" })).data.code).toBe("denied");
  expect((await looker.error("status", { user: "!" })).data).toMatchObject({
    code: "invalid-params",
    path: "user",
  });
  expect((await looker.result("status", { user: "zoe" }))["user"]).toBe("zoe");
});

test("denied is the same bytes for whatever the policy does not allow, and for whoever does not exist", async () => {
  const refused: [string, object][] = [
    ["start", { user: "no-such-account" }],
    ["start", { user: "mallory" }],
    ["start", { user: "root" }],
    ["start", { user: "daemon" }],
    ["start", { user: "nobody" }],
    ["start", { user: "young" }],
    ["start", { user: "jupyter" }],
    ["stop", { user: "mallory" }],
    ["status", { user: "mallory" }],
    ["status", { user: "mallory", server: "x".repeat(64) }],
    ["write-credentials", { user: "mallory", env: { LD_PRELOAD: "x" } }],
    ["start", { user: "zoe", template: "generator" }],
    ["start", { user: "zoe", template: "no-such-template" }],
    ["list", { template: "generator" }],
    ["watch", { template: "no-such-template" }],
    ["explain", { peer: { uid: 0 }, method: "start", user: "zoe" }],
  ];
  expect(new Set(await linesFor(await stage.connect(HUB), refused))).toEqual(new Set([DENIED]));
});

test("the unit comes before the limits, and nothing that is refused earlier draws on them", async () => {
  const client = await stage.connect(HUB);
  await client.result("stop", { user: "zoe" });
  expect((await client.error("start", { user: "fileless" })).data.code).toBe("unit-not-found");
  expect((await client.error("start", { user: "mallory" })).data.code).toBe("denied");
  const { data } = await client.error("stop", { user: "zoe" });
  expect(data.code).toBe("busy");
  expect(data["retryAfterMs"]).toBeGreaterThan(0);
  expect(data["retryAfterMs"]).toBeLessThanOrEqual(1000);
});

describe("params", () => {
  const zoe = '"user":"zoe"';
  const bad: Record<string, [method: string, params: string, path: string]> = {
    "an unknown member": ["status", `{${zoe},"unit":"ssh.service"}`, "unit"],
    "a job mode": ["start", `{${zoe},"mode":"isolate"}`, "mode"],
    "a member __proto__": ["status", `{${zoe},"__proto__":{}}`, "__proto__"],
    "a member constructor": ["status", `{${zoe},"constructor":1}`, "constructor"],
    "a name that stands twice": ["status", `{${zoe},"user":"wash"}`, "user"],
    "a name that stands twice, once escaped": ["status", `{${zoe},"\\u0075ser":"wash"}`, "user"],
    "a name that stands twice further down": ["write-credentials", `{${zoe},"env":{"A":"","A":""}}`, "env.A"],
    "an array": ["status", `["zoe"]`, ""],
    "no user": ["status", "{}", "user"],
    "a user that is null": ["status", `{"user":null}`, "user"],
    "a NUL": ["status", `{"user":"zoe\\u0000"}`, "user"],
    "a lone surrogate": ["status", `{${zoe},"server":"\\ud800"}`, "server"],
    "a server that is a path": ["status", `{${zoe},"server":"../x"}`, "server"],
    "a server that is two dots": ["status", `{${zoe},"server":".."}`, "server"],
    "a user of digits alone": ["status", `{"user":"1000"}`, "user"],
    "a user that looks like an option": ["status", `{"user":"--help"}`, "user"],
    "a user with a newline": ["status", `{"user":"zoe\\n"}`, "user"],
    "a timeout of 0": ["start", `{${zoe},"timeoutMs":0}`, "timeoutMs"],
    "a timeout of 600001": ["stop", `{${zoe},"timeoutMs":600001}`, "timeoutMs"],
    "a timeout of half a millisecond": ["stop", `{${zoe},"timeoutMs":0.5}`, "timeoutMs"],
    "a timeout in a string": ["stop", `{${zoe},"timeoutMs":"1000"}`, "timeoutMs"],
    "a timeout where there is none": ["reset-failed", `{${zoe},"timeoutMs":1000}`, "timeoutMs"],
    "an env that is a list": ["write-credentials", `{${zoe},"env":["A=1"]}`, "env"],
    "an env value that is a number": ["write-credentials", `{${zoe},"env":{"LANG":1}}`, "env.LANG"],
    "a file without content": ["write-credentials", `{${zoe},"files":{"keyfile":{}}}`, "files.keyfile"],
    "base64 that is not canonical": [
      "write-credentials",
      `{${zoe},"files":{"keyfile":{"base64":"YR=="}}}`,
      "files.keyfile",
    ],
    "a file with two contents": [
      "write-credentials",
      `{${zoe},"files":{"keyfile":{"text":"a","base64":"YQ=="}}}`,
      "files.keyfile",
    ],
    "a member where there is none": ["describe", `{"verbose":true}`, "verbose"],
    "a filter by server": ["list", `{${zoe},"server":""}`, "server"],
    "a subscription that is none": ["unwatch", `{"subscription":"x"}`, "subscription"],
  };

  test.each(Object.entries(bad))(
    "with %s are invalid, and the path says where",
    async (_, [method, params, path]) => {
      const client = await stage.connect(HUB);
      client.send(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}\n`);
      const { error } = await client.answer(1);
      expect(error?.data).toEqual({ code: "invalid-params", path, problem: expect.any(String) });
    },
  );

  test("are looked at in a request in which another member stands twice", async () => {
    const client = await stage.connect(HUB);
    client.send('{"jsonrpc":"2.0","id":1,"method":"status","method":"describe"}\n');
    expect((await client.answer(1)).error?.data).toMatchObject({ code: "invalid-params", path: "method" });
  });

  test("may be left out where there are none", async () => {
    const client = await stage.connect(HUB);
    client.sendFrame({ jsonrpc: "2.0", id: 1, method: "describe" });
    expect((await client.answer(1)).result).toHaveProperty("protocol", 1);
  });
});
