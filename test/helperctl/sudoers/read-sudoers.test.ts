import { describe, expect, test } from "@jest/globals";
import { ProgramMissing, runProgram } from "../../../src/helperctl/machine/program.ts";
import type { Member } from "../../../src/helperctl/sudoers/model.ts";
import { readSudoers } from "../../../src/helperctl/sudoers/read-sudoers.ts";
import { SudoersError } from "../../../src/helperctl/sudoers/sudoers-error.ts";
import { sudoersOf, withFile } from "./support.ts";

const machine = { run: runProgram };

async function problemOf(attempt: Promise<unknown>): Promise<SudoersError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof SudoersError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const brief = ({ kind, name, negated }: Member): string => `${negated ? "!" : ""}${kind} ${name}`;

describe("a sudoers file", () => {
  test("is read with its aliases, options and commands", async () => {
    const { specs, userAliases, runasAliases, commandAliases } = await sudoersOf(`
User_Alias HUBS = rhea, %hubs
Runas_Alias JUPYTER_USERS = zoe, wash
Cmnd_Alias JUPYTER_CMD = /usr/local/bin/sudospawner, !/bin/sh, sha256:${"0".repeat(64)} /bin/ls -l
HUBS ALL=(JUPYTER_USERS) NOPASSWD: SETENV: JUPYTER_CMD, PASSWD: sudoedit /etc/motd
`);
    expect(userAliases.get("HUBS")?.map(brief)).toEqual(["user rhea", "group hubs"]);
    expect(runasAliases.get("JUPYTER_USERS")?.map(brief)).toEqual(["user zoe", "user wash"]);
    expect(commandAliases.get("JUPYTER_CMD")).toEqual([
      { command: "/usr/local/bin/sudospawner", isAlias: false, negated: false, hasDigest: false },
      { command: "/bin/sh", isAlias: false, negated: true, hasDigest: false },
      { command: "/bin/ls -l", isAlias: false, negated: false, hasDigest: true },
    ]);
    expect(specs).toHaveLength(1);
    const [spec] = specs;
    expect(spec?.users.map(brief)).toEqual(["alias HUBS"]);
    expect(spec?.hosts.map(brief)).toEqual(["all ALL"]);
    expect(spec?.grants.map(({ options }) => options)).toEqual([
      [
        { name: "authenticate", value: false, operation: null },
        { name: "setenv", value: true, operation: null },
      ],
      [
        { name: "authenticate", value: true, operation: null },
        { name: "setenv", value: true, operation: null },
      ],
    ]);
    expect(spec?.grants[1]?.commands[0]?.command).toBe("sudoedit /etc/motd");
  });

  test("has every kind of member told apart", async () => {
    const { specs } = await sudoersOf(
      `#33, %#44, %:foreign, +net, "with space", !root, ALL h1, 10.0.0.0/8 = (%jupyterhub, #1001) /bin/ls, () /bin/ls, (:g) /bin/ls\nrhea ALL=/bin/ls\n`,
    );
    const [first, second] = specs;
    expect(first?.users.map(brief)).toEqual([
      "uid 33",
      "gid 44",
      "foreign-group foreign",
      "netgroup net",
      "user with space",
      "!user root",
      "all ALL",
    ]);
    expect(first?.hosts.map(brief)).toEqual(["host h1", "address 10.0.0.0/8"]);
    expect(first?.grants.map(({ runas }) => runas?.map(brief))).toEqual([
      ["group jupyterhub", "uid 1001"],
      ["self "],
      ["self "],
    ]);
    expect(first?.grants[2]?.runasGroups.map(brief)).toEqual(["group g"]);
    expect(second?.grants[0]?.runas).toBeNull();
  });

  test("has its Defaults read, with what they are bound to", async () => {
    const { defaults } = await sudoersOf(`
Defaults env_keep += "A B", !requiretty
Defaults:rhea env_keep -= C
Defaults!/usr/bin/sudospawner secure_path=/bin
`);
    expect(defaults).toEqual([
      {
        members: [],
        commands: [],
        options: [
          { name: "env_keep", value: ["A", "B"], operation: "list_add" },
          { name: "requiretty", value: false, operation: null },
        ],
      },
      {
        members: [{ kind: "user", name: "rhea", negated: false }],
        commands: [],
        options: [{ name: "env_keep", value: ["C"], operation: "list_remove" }],
      },
      {
        members: [],
        commands: [{ command: "/usr/bin/sudospawner", isAlias: false, negated: false, hasDigest: false }],
        options: [{ name: "secure_path", value: "/bin", operation: null }],
      },
    ]);
  });

  test("is read where cvtsudoers prints what is no JSON", async () => {
    const { specs } = await sudoersOf(
      'a ALL = ROLE=r TYPE=t CWD=/ CHROOT=/x NOPASSWD: /bin/ls "type", /bin/w\n',
    );
    expect(specs[0]?.grants[0]?.options.map(({ name, value }) => [name, value])).toEqual([
      ["runchroot", "/x"],
      ["runcwd", "/"],
      ["authenticate", false],
      ["role", "r"],
      ["type", "t"],
    ]);
    expect(specs[0]?.grants[0]?.commands).toHaveLength(2);
  });

  test("may be empty, or say nothing", async () => {
    expect((await sudoersOf("")).specs).toEqual([]);
    expect((await sudoersOf("# only this\n\n")).specs).toEqual([]);
  });

  test("has names read as they are, whatever is in them", async () => {
    const { specs } = await sudoersOf('"a\u2028\u0001b\u202e" ALL=(z\\ oe) NOPASSWD: /x/sudospawner\n');
    expect(specs[0]?.users[0]?.name).toBe("a\u2028\u0001b\u202e");
    expect(specs[0]?.grants[0]?.runas?.[0]?.name).toBe("z oe");
  });

  test("keeps what cvtsudoers warns of", async () => {
    const { warnings, specs } = await sudoersOf("\nDefaults frobnicate\nrhea ALL=/bin/ls\n");
    expect(specs).toHaveLength(1);
    expect(warnings).toEqual(['line 2: unknown defaults entry "frobnicate"']);
  });
});

describe("an include", () => {
  test.each([
    ["@include /etc/shadow"],
    ["#include /etc/shadow"],
    [" \t@includedir /etc/sudoers.d"],
    ['@include "/etc/shadow"'],
    ["# a comment that ends in a backslash \\\n@include /etc/shadow"],
  ])("is told of, and not followed: %j", async (text) => {
    const { includes, specs } = await sudoersOf(`${text}\nrhea ALL=/bin/ls\n`);
    expect(includes).toEqual([{ line: text.split("\n").length, text: text.split("\n").at(-1)?.trim() }]);
    expect(specs.flatMap(({ users }) => users.map(brief))).toEqual(["user rhea"]);
  });

  test("in a continued line is the mistake that it is to sudo", async () => {
    const error = await problemOf(sudoersOf("rhea ALL=\\\n@include /etc/shadow\n"));
    expect(error.problem).toBe("syntax");
    expect(error.message).toMatch(/:2:1: invalid line continuation\.$/);
  });

  test("moves no other line", async () => {
    const error = await problemOf(sudoersOf("@include /etc/shadow\n\nrhea ALL\n"));
    expect(error.line).toBe(3);
  });
});

describe("a file that cannot be read", () => {
  test("has cvtsudoers' own words with the file's line", async () => {
    const error = await withFile("rhea ALL=(zoe) NOPASSWD: /x\nfoo bar baz\n", async (path) => {
      const found = await problemOf(readSudoers(machine, path));
      expect(found.message).toBe(`cvtsudoers does not take ${path}:2:9: syntax error.`);
      return found;
    });
    expect({ problem: error.problem, line: error.line }).toEqual({ problem: "syntax", line: 2 });
  });

  test("is one that does not exist, or is a directory", async () => {
    expect(await problemOf(readSudoers(machine, "/nowhere/sudoers"))).toMatchObject({
      problem: "unreadable",
      message: "/nowhere/sudoers cannot be read: it does not exist.",
    });
    expect((await problemOf(readSudoers(machine, "/etc"))).message).toBe(
      "/etc cannot be read: it is a directory.",
    );
  });

  test("is one that is larger than a mebibyte", async () => {
    const error = await problemOf(sudoersOf(Buffer.alloc(1024 * 1024 + 1, "#")));
    expect(error.problem).toBe("too-large");
    expect(error.message).toMatch(/is larger than 1 MiB\.$/);
  });

  test("is any where cvtsudoers is missing, and the package is named", async () => {
    const run = () => Promise.reject(new ProgramMissing("cvtsudoers"));
    const error = await withFile("", (path) => problemOf(readSudoers({ run }, path)));
    expect(error.problem).toBe("no-cvtsudoers");
    expect(error.message).toMatch(/^cvtsudoers is not on this machine: install the package sudo/);
  });

  test.each([["{"], ['{"New_Things": []}'], ['{"User_Specs": [{"User_List": [{"alien": "x"}]}]}'], ["[]"]])(
    "is one of which cvtsudoers says what is not known: %s",
    async (stdout) => {
      const run = () => Promise.resolve({ status: 0, stdout, stderr: "" });
      const error = await withFile("", (path) => problemOf(readSudoers({ run }, path)));
      expect(error.problem).toBe("unknown-form");
    },
  );
});
