import { describe, expect, test } from "@jest/globals";
import { readArguments } from "../../src/helperctl/arguments.ts";
import { COMMAND_GROUPS, COMMANDS } from "../../src/helperctl/commands.ts";
import { nearestWord } from "../../src/helperctl/nearest-word.ts";
import { helperctl, TERMINAL } from "./support.ts";

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));
const NARROW = { columns: 60, colour: false };
const NAMES = Object.keys(COMMANDS);

describe("the overview", () => {
  test("fits 80 columns, and a narrower terminal", async () => {
    expect(widest((await helperctl(["help"])).printed)).toBeLessThanOrEqual(80);
    expect(widest((await helperctl(["help"], { screen: NARROW })).printed)).toBeLessThanOrEqual(60);
  });

  test("shows every command once, in a group", () => {
    expect(COMMAND_GROUPS.flatMap(({ names }) => names).sort()).toEqual([...NAMES].sort());
  });

  test("has its titles stand out on a terminal, and nothing coloured elsewhere", async () => {
    expect((await helperctl(["help"], { screen: TERMINAL })).printed).toContain(
      "\u001b[1mSee what runs:\u001b[22m",
    );
    expect((await helperctl(["help"])).printed).not.toContain("\u001b");
  });

  test.each([[["help", "help"]], [["help", "--help"]]])("is what %j prints", async (args) => {
    expect(await helperctl(args)).toEqual(await helperctl(["help"]));
  });
});

describe.each(NAMES)("the help of %s", (name) => {
  test("fits 80 columns, and a narrower terminal", async () => {
    expect(widest((await helperctl(["help", name])).printed)).toBeLessThanOrEqual(80);
    expect(widest((await helperctl(["help", name], { screen: NARROW })).printed)).toBeLessThanOrEqual(76);
  });

  test("has each option below its usage line, and each example", async () => {
    const { printed } = await helperctl(["help", name]);
    const { options, examples = [] } = COMMANDS[name] ?? { options: {} };
    for (const option of Object.keys(options))
      expect(printed).toMatch(new RegExp(`^  (-., )?--${option}\\b`, "m"));
    for (const { line } of examples) expect(printed).toContain(`\n  ${line}\n`);
  });
});

/** The words of the part of a command line that is helperctl's. */
function wordsOf(line: string): string[] {
  const [, ours = ""] = /helperctl ([^|>)]*)/.exec(line) ?? [];
  return Array.from(ours.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
}

test("every example is a command line that is understood", () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    for (const { line } of command.examples ?? []) {
      const [first, ...rest] = wordsOf(line);
      expect(first).toBe(name);
      expect(readArguments(command, rest)).not.toBeNull();
    }
  }
});

test("a text that is longer than its line goes on below itself", async () => {
  const { printed } = await helperctl(["help", "explain"]);
  expect(printed).toContain(
    "  --as PEER            whose request it is: a uid, the name of an account, or a\n" +
      "                       unit such as hub.service\n",
  );
});

test("an option and its value stay together in the usage line", async () => {
  const { printed } = await helperctl(["help", "explain"]);
  const [usage = ""] = printed.split("\n\n");
  for (const line of usage.split("\n")) expect(line).not.toMatch(/--(?:as|template)$|\[--as-unit$/);
});

describe("a slip of the finger", () => {
  test.each(NAMES)("in %s is found", (name) => {
    const swapped = `${name.slice(0, -2)}${name.at(-1) ?? ""}${name.at(-2) ?? ""}`;
    expect([name, null]).toContain(nearestWord(swapped, NAMES));
  });

  test.each([
    [["explian"], "explain"],
    [["policy-from-sudoer"], "policy-from-sudoers"],
    [["list", "--jsno"], "--json"],
    [["check", "--policyonly"], "--policy-only"],
    [["help", "completoin"], "completion"],
    [["completion", "fihs"], "fish"],
    [["--versoin"], "--version"],
  ])("%j is answered with what was meant", async (args, meant) => {
    const { status, complained } = await helperctl(args);
    expect(status).toBe(2);
    expect(complained).toContain(`Did you mean ${meant}?`);
  });
});
