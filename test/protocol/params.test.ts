import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { METHODS, METHOD_NAMES } from "../../src/protocol/methods.ts";
import type { MethodName } from "../../src/protocol/methods.ts";
import { parseJson } from "../../src/protocol/json.ts";
import { parseParams } from "../../src/protocol/params.ts";

/** Judges the params as they come off the wire. */
function judge(method: MethodName, text: string): unknown {
  const json = parseJson(Buffer.from(text));
  if (!json.ok) throw new Error("the test's own JSON is wrong");
  return parseParams(METHODS[method].params, json.value, json.duplicate);
}

function problemOf(method: MethodName, text: string): { path: string; problem: string } {
  try {
    judge(method, text);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "invalid-params") {
      return error.details as { path: string; problem: string };
    }
    throw error;
  }
  throw new Error(`${text} is let through`);
}

/** The least that each method takes. */
const LEAST: Readonly<Record<MethodName, string>> = {
  describe: "{}",
  start: '{"user":"zoe"}',
  stop: '{"user":"zoe"}',
  "reset-failed": '{"user":"zoe"}',
  "write-credentials": '{"user":"zoe"}',
  "remove-credentials": '{"user":"zoe"}',
  status: '{"user":"zoe"}',
  list: "{}",
  watch: "{}",
  unwatch: '{"subscription":"s"}',
  explain: '{"peer":{"uid":990},"method":"start","user":"zoe"}',
};

const add = (method: MethodName, member: string): string =>
  LEAST[method].replace(/\}$/, `${LEAST[method] === "{}" ? "" : ","}${member}}`);

describe.each(METHOD_NAMES)("the params of %s", (method) => {
  test("may be the least", () => {
    expect(judge(method, LEAST[method])).toBeDefined();
  });

  test.each(["extra", "__proto__", "constructor", "toString", "hasOwnProperty", ""])(
    "may not have a member named %j",
    (name) => {
      const { path, problem } = problemOf(method, add(method, `${JSON.stringify(name)}:{}`));
      expect([path, problem]).toEqual([name, "is not a member here"]);
    },
  );

  test("may not be an array, nor have a name that stands twice", () => {
    expect(problemOf(method, "[]").problem).toMatch(/not an array/);
    expect(problemOf(method, add(method, '"x":1,"\\u0078":1'))).toMatchObject({ path: "x" });
  });

  test.each(['"\\u0000"', '"a\\ud800"', '"\\udc00"', '["\\u0000"]', '{"\\u0000":1}'])(
    "may hold no NUL and no lone surrogate: %s",
    (value) => {
      expect(problemOf(method, add(method, `"x":${value}`))).toMatchObject({
        path: expect.stringMatching(/^x/),
        problem: expect.stringContaining("NUL"),
      });
    },
  );
});

test("params that are left out are an empty object", () => {
  expect(parseParams(METHODS.describe.params, undefined, null)).toEqual({});
  expect(() => parseParams(METHODS.start.params, undefined, null)).toThrow(/user: is missing/);
});

test("a target has the default server where none is given, and no template", () => {
  expect(judge("stop", '{"user":"zoe"}')).toEqual({ user: "zoe", server: "", timeoutMs: 120000 });
});

test.each(["1", "600000", "1.0", "1e3"])("timeoutMs may be %s", (value) => {
  expect(judge("start", `{"user":"zoe","timeoutMs":${value}}`)).toMatchObject({ timeoutMs: Number(value) });
});

test.each(["0", "-1", "600001", "1.5", "1e999", '"5"', "null", "[]", "true"])(
  "timeoutMs may not be %s",
  (value) => {
    expect(problemOf("start", `{"user":"zoe","timeoutMs":${value}}`)).toEqual({
      path: "timeoutMs",
      problem: "must be an integer from 1 to 600000",
    });
  },
);

test.each([
  ['{"user":1}', "user", "must be a string"],
  ['{"user":null}', "user", "must be a string"],
  ['{"user":"zoe","server":null}', "server", "must be a string"],
  ['{"server":"gpu"}', "user", "is missing"],
])("a member of the wrong kind is named: %s", (text, path, problem) => {
  expect(problemOf("status", text)).toEqual({ path, problem });
});

describe("credentials", () => {
  const write = (members: string): unknown => judge("write-credentials", `{"user":"zoe",${members}}`);
  const refusal = (members: string) => problemOf("write-credentials", `{"user":"zoe",${members}}`);

  test("arrive as maps, so that a name such as __proto__ is a name like any other", () => {
    expect(write('"env":{"__proto__":"a","constructor":"b"}')).toMatchObject({
      env: new Map([
        ["__proto__", "a"],
        ["constructor", "b"],
      ]),
    });
    expect(write('"files":{"__proto__":{"text":"a"}}')).toMatchObject({
      files: new Map([["__proto__", Buffer.from("a")]]),
    });
  });

  test.each([
    ['"env":[]', "env"],
    ['"env":{"A":1}', "env.A"],
    ['"files":"x"', "files"],
    ['"files":{"a":"x"}', "files.a"],
    ['"files":{"a":{}}', "files.a"],
    ['"files":{"a":{"text":"x","base64":"eA=="}}', "files.a"],
    ['"files":{"a":{"text":"x","mode":1}}', "files.a"],
  ])("are refused where they are malformed: %s", (members, path) => {
    expect(refusal(members).path).toBe(path);
  });

  test("keep every byte of canonical base64", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const base64 = Buffer.from(bytes).toString("base64");
        expect(write(`"files":{"a":{"base64":"${base64}"}}`)).toMatchObject({
          files: new Map([["a", Buffer.from(bytes)]]),
        });
      }),
    );
  });

  test.each(["eA", "eA=", "eB==", "eA==\\n", " eA==", "e-A_", "eA==eA==", "=", "eA===", "é"])(
    "take no base64 that is not canonical: %j",
    (base64) => {
      expect(refusal(`"files":{"a":{"base64":"${base64}"}}`).path).toMatch(/^files\.a/);
    },
  );
});

test.each([
  ['{"peer":{"user":"a","uid":1},"method":"m","user":"u"}', "peer"],
  ['{"peer":{"uid":-1},"method":"m","user":"u"}', "peer.uid"],
  ['{"peer":{"uid":1.5},"method":"m","user":"u"}', "peer.uid"],
  ['{"peer":{},"method":"m","user":"u"}', "peer"],
])("explain takes a peer by name or by uid: %s", (text, path) => {
  expect(path.startsWith(problemOf("explain", text).path)).toBe(true);
});

test("a problem's path is cut and well formed, however long the name that the peer made up", () => {
  const { path } = problemOf("describe", JSON.stringify({ [`${"a".repeat(199)}\u{1f600}b`]: 1 }));
  expect(path.isWellFormed()).toBe(true);
  expect(path).toHaveLength(200);
});
