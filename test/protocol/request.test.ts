import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseRequest } from "../../src/protocol/request.ts";

const parse = (text: string) => parseRequest(Buffer.from(text));

const shortOf = (text: string): unknown => {
  const incoming = parse(text);
  return incoming.kind === "error" ? incoming.error.code : incoming.kind;
};

const base = { jsonrpc: "2.0", id: 1, method: "describe" };
const withMembers = (members: Record<string, unknown>): string => JSON.stringify({ ...base, ...members });

describe("a frame", () => {
  test.each<[string, string, unknown]>([
    ["nothing", "", "parse-error"],
    ["no JSON", "{", "parse-error"],
    ["17 levels", "[".repeat(17) + "]".repeat(17), "invalid-request"],
    ["a batch", `[${JSON.stringify(base)}]`, "invalid-request"],
    ["an empty batch", "[]", "invalid-request"],
    ["a string", '"describe"', "invalid-request"],
    ["null", "null", "invalid-request"],
    ["an empty object", "{}", "invalid-request"],
    ["another version", withMembers({ jsonrpc: "1.0" }), "invalid-request"],
    ["no method", JSON.stringify({ jsonrpc: "2.0", id: 1 }), "invalid-request"],
    ["a method that is a number", withMembers({ method: 1 }), "invalid-request"],
    ["an unknown member", withMembers({ extra: 1 }), "invalid-request"],
    ["a member named __proto__", '{"jsonrpc":"2.0","id":1,"method":"x","__proto__":{}}', "invalid-request"],
    ["scalar params", withMembers({ params: 1 }), "invalid-request"],
    ["null params", withMembers({ params: null }), "invalid-request"],
    ["an id that is null", withMembers({ id: null }), "invalid-request"],
    ["an id that is an object", withMembers({ id: {} }), "invalid-request"],
    ["an id that is a fraction", withMembers({ id: 1.5 }), "invalid-request"],
    ["an id past the safe integers", withMembers({ id: 2 ** 53 }), "invalid-request"],
    ["an id that is a lone surrogate", '{"jsonrpc":"2.0","id":"\\ud800","method":"x"}', "invalid-request"],
    ["an id of 129 characters", withMembers({ id: "x".repeat(129) }), "invalid-request"],
    ["an id of 128 characters", withMembers({ id: "x".repeat(128) }), "request"],
    ["no id", JSON.stringify({ jsonrpc: "2.0", method: "stop" }), "notification"],
    ["an array for params", withMembers({ params: [] }), "request"],
    ["an unknown method", withMembers({ method: "constructor" }), "request"],
    ["an id that is a string", withMembers({ id: "" }), "request"],
    ["a negative id", withMembers({ id: -1 }), "request"],
  ])("is judged by its shape: %s", (_, text, outcome) => {
    expect(shortOf(text)).toEqual(outcome);
  });

  test("carries its params and the name that stands twice in them", () => {
    expect(parse('{"jsonrpc":"2.0","id":"a","method":"stop","params":{"user":"a","user":"b"}}')).toEqual({
      kind: "request",
      request: { id: "a", method: "stop", params: { user: "b" }, duplicate: "params.user" },
    });
  });

  test("never throws and never takes an id that is none, whatever the bytes", () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const members = fc
      .record({
        jsonrpc: fc.constantFrom("2.0", 2),
        id: fc.jsonValue(),
        method: fc.jsonValue(),
        params: fc.jsonValue(),
      })
      .map((value) => Buffer.from(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json, members), (bytes) => {
        const incoming = parseRequest(bytes);
        const id = incoming.kind === "request" ? incoming.request.id : 0;
        expect(typeof id === "string" ? id.length <= 128 : Number.isSafeInteger(id)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
