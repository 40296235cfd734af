import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseUserName } from "../../src/protocol/target.ts";
import { parseInstance } from "../../src/unit-generator/instance.ts";
import { escapeForUnit } from "../../src/units/escape.ts";

const usage = expect.objectContaining({ kind: "usage", exitStatus: 64 });

describe("the instance", () => {
  test.each(["zoe", "a-b", "first.last", "x_1", "u@realm", "l".repeat(32)])("is that of %s", (user) => {
    expect(parseInstance([escapeForUnit(user)])).toBe(user);
  });

  test("gives a user only for what escaping that user gives", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "x", "2", "d", "6", "1", "-", "_", ".", "@", "\\", "/"),
    });
    fc.assert(
      fc.property(fc.oneof(text, text.map(escapeForUnit)), (instance) => {
        try {
          expect(escapeForUnit(parseInstance([instance]))).toBe(instance);
        } catch (error) {
          expect(error).toEqual(usage);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test("is taken for every user name", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,40}$/), (user) => {
        fc.pre(parseUserName(user) !== null);
        expect(parseInstance([escapeForUnit(user)])).toBe(user);
      }),
    );
  });

  test.each<[string, readonly string[]]>([
    ["nothing", []],
    ["two of them", ["zoe", "wash"]],
    ["an empty one", [""]],
    ["an option", ["--help"]],
    ["a name that was not escaped", ["a-b"]],
    ["an escape that escaping does not make", ["\\x7aoe"]],
    ["an escape of an escape", ["a\\x5cx2db"]],
    ["a path", ["..\\x2fetc"]],
    ["a unit", ["jupyterhub-singleuser-zoe.service"]],
    ["a number", ["1001"]],
    ["a newline", ["zoe\n"]],
    ["a specifier", ["%i"]],
    ["another alphabet", ["zо\u0435"]],
    ["a megabyte", ["z".repeat(1_048_576)]],
  ])("is not %s", (_, args) => {
    expect(() => parseInstance(args)).toThrow(usage);
  });

  test("is told of in one short line that moves no cursor", () => {
    const hostile = `\u001b[2J\n\u202e${"x".repeat(2000)}`;
    const tell = (): unknown => parseInstance([hostile]);
    expect(tell).toThrow(/^[\x20-\x7e]{1,300}$/);
  });
});
