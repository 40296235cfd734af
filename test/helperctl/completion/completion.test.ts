import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { COMMANDS } from "../../../src/helperctl/commands.ts";
import { SHELLS } from "../../../src/helperctl/completion/values.ts";
import { RULE_METHODS } from "../../../src/protocol/methods.ts";
import { helperctl } from "../support.ts";
import { offers } from "./support.ts";

// Each of the many questions starts a shell.
jest.setTimeout(60_000);

const METHODS: string[] = [...RULE_METHODS].sort();
const NAMES = [...Object.keys(COMMANDS), "help"].sort();
/** Some account of this machine. */
const USER = userInfo().username;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "files-"));
  writeFileSync(join(directory, "policy.toml"), "");
});
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(SHELLS)("in %s", (shell) => {
  test("every command is offered", () => {
    expect(offers(shell, ["helperctl", ""])).toEqual(NAMES);
    expect(offers(shell, ["helperctl", "help", ""])).toEqual(NAMES);
  });

  test("a command is completed from its beginning", () => {
    expect(offers(shell, ["helperctl", "pol"])).toEqual(["policy-from-sudoers"]);
  });

  test.each(Object.entries(COMMANDS))("the options of %s are offered", (name, { options }) => {
    const found = offers(shell, ["helperctl", name, "--"]).map((option) => option.replace(/=$/, ""));
    expect(found).toEqual([...Object.keys(options), "no-color", "help"].map((each) => `--${each}`).sort());
  });

  test("methods are offered where a method stands", () => {
    expect(offers(shell, ["helperctl", "explain", ""])).toEqual(expect.arrayContaining(METHODS));
    expect(offers(shell, ["helperctl", "explain", "--json", "write"])).toEqual(["write-credentials"]);
    expect(offers(shell, ["helperctl", "who-can", "sto"])).toEqual(["stop"]);
  });

  test("accounts are offered where a user stands, and the value of an option is no word", () => {
    expect(offers(shell, ["helperctl", "show", USER])).toContain(USER);
    expect(offers(shell, ["helperctl", "explain", "--as", "jupyter", "start", USER])).toContain(USER);
    expect(offers(shell, ["helperctl", "explain", "start", "--as", USER])).toContain(USER);
    expect(offers(shell, ["helperctl", "show", "zoe", ""])).not.toContain(USER);
  });

  test("the value of an option is offered behind = as well", () => {
    const found = offers(shell, ["helperctl", "top", "--sort=mem"]);
    expect(found.map((word) => word.replace("--sort=", ""))).toEqual(["memory"]);
  });

  test("shells and columns are offered", () => {
    expect(offers(shell, ["helperctl", "completion", ""])).toEqual(
      expect.arrayContaining([...SHELLS].sort()),
    );
    expect(offers(shell, ["helperctl", "top", "--sort", "st"])).toEqual(["state"]);
  });

  test("files are offered where a file stands, each time", () => {
    expect(offers(shell, ["helperctl", "policy-from-sudoers", "pol"], directory)).toEqual(["policy.toml"]);
    expect(offers(shell, ["helperctl", "check", "a.toml", "pol"], directory)).toEqual(["policy.toml"]);
  });

  test("nothing that was typed is run", () => {
    const bait = join(directory, "bait");
    for (const word of [`$(touch\${IFS}${bait})`, `\`touch\${IFS}${bait}\``, `";touch\${IFS}${bait};"`]) {
      for (const before of [["show"], ["top", "--sort"], ["list", "--template"]]) {
        offers(shell, ["helperctl", ...before, word]);
      }
    }
    expect(offers(shell, ["helperctl", "check", "ba"], directory)).not.toContain("bait");
  });
});

test("what is no shell exits with 2, and the one that was meant is named", async () => {
  expect(await helperctl(["completion", "bsh"])).toEqual({
    status: 2,
    printed: "",
    complained: "helperctl: There is no shell bsh. Did you mean bash?\n",
  });
  expect((await helperctl(["completion", "tcsh"])).complained).toMatch(/There are: bash, zsh, fish\.\n$/);
});

test.each(SHELLS)("helperctl completion %s prints the script, without looking at anything", async (shell) => {
  const { status, printed } = await helperctl(["completion", shell]);
  expect(status).toBe(0);
  expect(printed).toContain(`helperctl completion ${shell}`);
});
