import { describe, expect, test } from "@jest/globals";
import { ERRORS } from "../../src/protocol/errors.ts";
import { METHODS, METHOD_NAMES, isMethodName } from "../../src/protocol/methods.ts";
import type { MethodName } from "../../src/protocol/methods.ts";
import { parseParams } from "../../src/protocol/params.ts";
import { parseRequest } from "../../src/protocol/request.ts";
import { toUnitState } from "../../src/units/unit-state.ts";
import { codesIn, fencesOf, read, sectionOf, tableOf } from "./markdown.ts";
import { rawUnit } from "../units/raw-units.ts";

const text = read("docs/protocol.md");

/** The members that a method's schema takes, those that may be left out with a `?`. */
function membersOf(method: MethodName): string[] {
  const entries = METHODS[method].params.entries as Readonly<Record<string, { readonly type: string }>>;
  return Object.entries(entries).map(([name, { type }]) => (type === "optional" ? `${name}?` : name));
}

describe("the table of methods", () => {
  const rows = tableOf(text, "method", "kind", "in rules", "params", "result");

  test("lists every method and no other", () => {
    expect(rows.map(([method = ""]) => codesIn(method)[0])).toEqual(METHOD_NAMES);
  });

  test.each(METHOD_NAMES)("says of %s what the code says", (name) => {
    const row = rows.find(([method = ""]) => method === `\`${name}\``);
    const [, kind, inRules, params = ""] = row ?? [];
    expect(kind).toBe(METHODS[name].kind);
    expect(inRules).toBe(METHODS[name].inRules ? "yes" : "no");
    expect(codesIn(params).sort()).toEqual(membersOf(name).sort());
  });
});

describe("the table of errors", () => {
  const rows = tableOf(text, "number", "code", "data", "when");

  test("lists every code with its number and its data, and no other", () => {
    const documented = rows.map(([number, code = "", data = ""]) => [
      codesIn(code)[0],
      Number(number),
      codesIn(data).sort(),
    ]);
    const table = Object.entries(ERRORS).map(([code, row]) => [code, row.number, [...row.data].sort()]);
    expect(documented).toEqual(table);
  });

  test("is about the same codes as the troubleshooting", () => {
    const advised = tableOf(read("docs/operations.md"), "code", "what to do");
    expect(advised.map(([code = ""]) => codesIn(code)[0])).toEqual(Object.keys(ERRORS));
  });
});

const STATE_MEMBERS = Object.keys(
  toUnitState({ template: "", user: "", server: "" } as never, "x.service" as never, rawUnit(), []),
);

test("the members of UnitState are those that the helper sends", () => {
  const rows = tableOf(sectionOf(text, "## UnitState"), "member", "");
  expect(rows.map(([member = ""]) => codesIn(member)[0])).toEqual(STATE_MEMBERS);
});

type Message = Record<string, unknown>;

/** The lines of the transcripts: what is sent, and what comes back. */
const transcript = fencesOf(text)
  .filter(({ language }) => language === "text")
  .flatMap(({ body }) => body.trimEnd().split("\n"));
const sent = transcript.filter((line) => line.startsWith("→ ")).map((line) => line.slice(2));
const received = transcript
  .filter((line) => line.startsWith("← "))
  .map((line) => JSON.parse(line.slice(2)) as Message);

describe("an example", () => {
  test("is sent or received, and nothing else", () => {
    expect(transcript.length).toBeGreaterThan(10);
    expect(transcript.filter((line) => !/^[→←] \{/.test(line))).toEqual([]);
  });

  test.each(sent)("is a request that the helper takes: %s", (line) => {
    const incoming = parseRequest(Buffer.from(line));
    if (incoming.kind !== "request") throw new Error(`it is a ${incoming.kind}`);
    const { method, params, duplicate } = incoming.request;
    if (!isMethodName(method)) throw new Error(`there is no method ${method}`);
    expect(() => parseParams(METHODS[method].params, params, duplicate)).not.toThrow();
  });

  test("of every method but those that differ only in name is there", () => {
    const shown = new Set(sent.map((line) => (JSON.parse(line) as Message)["method"]));
    expect(METHOD_NAMES.filter((name) => !shown.has(name))).toEqual(["reset-failed", "status", "list"]);
  });

  test("of an answer belongs to a request above it", () => {
    const ids = sent.map((line) => (JSON.parse(line) as Message)["id"]);
    for (const { id, method } of received) if (method === undefined) expect(ids).toContain(id);
  });

  test("of an error has its number, its sentence and its data", () => {
    const errors = received.flatMap(({ error }) => (error === undefined ? [] : [error as Message]));
    expect(errors.length).toBeGreaterThan(2);
    for (const { code, message, data } of errors) {
      const { code: name, ...details } = data as { code: keyof typeof ERRORS };
      const row = ERRORS[name];
      expect(code).toBe(row.number);
      expect(Object.keys(details).sort()).toEqual([...row.data].sort());
      expect(message).toBe((row.message as (details: object) => string)(details));
    }
  });

  test("of a unit's state has every member", () => {
    const states = received.flatMap(({ result, error }) => {
      const { state } = ((error as Message | undefined)?.["data"] ?? {}) as Message;
      return [result, state].filter((each): each is Message => Object.hasOwn(each ?? {}, "activeState"));
    });
    expect(states.length).toBeGreaterThan(1);
    for (const state of states) expect(Object.keys(state)).toEqual(STATE_MEMBERS);
  });

  test("of a result has the members that the table says", () => {
    for (const { id, result } of received) {
      if (typeof result !== "object" || result === null) continue;
      const line = sent.find((each) => (JSON.parse(each) as Message)["id"] === id) ?? "{}";
      const method = (JSON.parse(line) as Message)["method"] as string;
      const row = tableOf(text, "method", "kind", "in rules", "params", "result").find(
        ([name]) => name === `\`${method}\``,
      );
      const shape = codesIn(row?.[4] ?? "")[0] ?? "";
      if (!shape.startsWith("{")) continue;
      const members = shape.replace(/\[.*?\]/g, "").matchAll(/[a-z]+/g);
      expect(Object.keys(result)).toEqual(Array.from(members, ([name]) => name));
    }
  });

  test("that stands alone is JSON", () => {
    const alone = fencesOf(text).filter(({ language }) => language === "json");
    expect(alone.length).toBeGreaterThan(0);
    for (const { body } of alone) expect(() => JSON.parse(body) as unknown).not.toThrow();
  });
});
