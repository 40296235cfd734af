import { describe, expect, test } from "@jest/globals";
import { readArguments } from "../../src/helperctl/arguments.ts";
import { COMMANDS } from "../../src/helperctl/commands.ts";
import type { Command } from "../../src/helperctl/command.ts";
import { UsageError } from "../../src/helperctl/usage-error.ts";

const command = (name: string): Command => {
  const found = COMMANDS[name];
  if (found === undefined) throw new Error(`there is no command ${name}`);
  return found;
};

describe("a command line that is understood", () => {
  test("keeps words, flags and values apart, in whatever order they stand", () => {
    const given = readArguments(command("explain"), ["--json", "start", "--as=990", "zoe", "gpu"]);
    expect(given).toEqual({
      words: ["start", "zoe", "gpu"],
      flags: new Set(["json"]),
      values: new Map([["as", "990"]]),
    });
  });

  test("takes words for words after --", () => {
    expect(readArguments(command("check"), ["--", "--quiet"])?.words).toEqual(["--quiet"]);
  });

  test("takes a value that begins with a dash where it is written with =", () => {
    expect(readArguments(command("list"), ["--user=-x"])?.values.get("user")).toBe("-x");
  });

  test.each([["--help"], ["-h"]])("asks for help with %s, whatever else is missing", (flag) => {
    expect(readArguments(command("explain"), [flag])).toBeNull();
  });
});

const WRONG: readonly (readonly [string, readonly string[], string])[] = [
  ["list", ["--colour"], "There is no option --colour."],
  ["list", ["--constructor"], "There is no option --constructor."],
  ["list", ["--__proto__"], "There is no option --__proto__."],
  ["list", ["-u"], "There is no option -u."],
  ["list", ["--json=yes"], "--json takes no value."],
  ["list", ["--user"], "--user needs a value: --user USER."],
  ["list", ["--user", ""], "--user needs a value: --user USER."],
  ["list", ["--user", "--json"], "--user needs a value: --user USER."],
  ["list", ["--user", "zoe", "--user", "wash"], "--user is given twice."],
  ["list", ["--json", "--json"], "--json is given twice."],
  ["list", ["zoe"], '"zoe" is one word too many.'],
  ["explain", ["--as", "990", "start", "zoe", "gpu", "b"], '"b" is one word too many.'],
  ["list", ["--jsno"], "There is no option --jsno. Did you mean --json?"],
  ["explain", ["start", "zoe"], "--as PEER is missing."],
  ["explain", ["--as", "990", "start"], "USER is missing."],
  ["explain", ["--as", "990"], "METHOD is missing."],
];

test.each(WRONG)("%s %j is refused: %s", (name, args, sentence) => {
  expect(() => readArguments(command(name), args)).toThrow(new UsageError(sentence));
});
