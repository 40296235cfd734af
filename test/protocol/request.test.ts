import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseRequest } from "../../src/protocol/request.ts";

const parse = (text: string) => parseRequest(Buffer.from(text));

const shortOf = (text: string): unknown => {
  const incoming = parse(text);
  return incoming.kind === "error" ? [incoming.error.code, incoming.id] : incoming.kind;
};

const base = { jsonrpc: "2.0", id: 1, method: "describe" };
const withMembers = (members: Record<string, unknown>): string => JSON.stringify({ ...base, ...members });

describe("a frame", () => {
  test.each<[string, string, unknown]>([
    ["nothing", "", ["parse-error", null]],
    ["no JSON", "{", ["parse-error", null]],
    ["17 levels", "[".repeat(17) + "]".repeat(17), ["invalid-request", null]],
    ["a batch", `[${JSON.stringify(base)}]`, ["invalid-request", null]],
    ["an empty batch", "[]", ["invalid-request", null]],
    ["a string", '"describe"', ["invalid-request", null]],
    ["null", "null", ["invalid-request", null]],
    ["an empty object", "{}", ["invalid-request", null]],
    ["another version", withMembers({ jsonrpc: "1.0" }), ["invalid-request", 1]],
    ["no method", JSON.stringify({ jsonrpc: "2.0", id: 1 }), ["invalid-request", 1]],
    ["a method that is a number", withMembers({ method: 1 }), ["invalid-request", 1]],
    ["an unknown member", withMembers({ extra: 1 }), ["invalid-request", 1]],
    [
      "a member named __proto__",
      '{"jsonrpc":"2.0","id":1,"method":"x","__proto__":{}}',
      ["invalid-request", 1],
    ],
    ["scalar params", withMembers({ params: 1 }), ["invalid-request", 1]],
    ["null params", withMembers({ params: null }), ["invalid-request", 1]],
    ["an id that is null", withMembers({ id: null }), ["invalid-request", null]],
    ["an id that is an object", withMembers({ id: {} }), ["invalid-request", null]],
    ["an id that is a fraction", withMembers({ id: 1.5 }), ["invalid-request", null]],
    ["an id past the safe integers", withMembers({ id: 2 ** 53 }), ["invalid-request", null]],
    [
      "an id that is a lone surrogate",
      '{"jsonrpc":"2.0","id":"\\ud800","method":"x"}',
      ["invalid-request", null],
    ],
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

  test("never throws and never echoes an id that is none, whatever the bytes", () => {
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
        const id =
          incoming.kind === "error" ? incoming.id : incoming.kind === "request" ? incoming.request.id : null;
        expect(id === null || typeof id === "string" || Number.isSafeInteger(id)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
