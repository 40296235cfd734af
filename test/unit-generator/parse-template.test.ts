import { describe, expect, test } from "@jest/globals";
import { parseTemplate } from "../../src/unit-generator/parse-template.ts";

const SERVICE = "hub-{user}.service";
const HEAD = "[Service]\nUser={user}\n";

const problemsOf = (text: string, name = SERVICE): string[] => {
  const parsed = parseTemplate(name, text);
  return "problems" in parsed
    ? parsed.problems.map(({ line, column, text: what }) => `${line}:${column}: ${what}`)
    : [];
};

describe("a template", () => {
  test.each([
    "ExecStart=/bin/sh -c 'echo ${HOME} $HOME $$ {} { print } {a,b} {1} ${user}'",
    "ExecStart=/usr/bin/podman ps --format {{.Names}} --filter {{user}}",
    "ExecStart=/bin/echo %h %% %n %i",
    "Environment=A=%%{user}",
    "Environment='A=\\\\{user}'",
    "# {uid} of {user}, whose unit is {unit}, lives in {home}",
    "Slice=hub-{unit}.slice\nLoadCredential=hub:/run/x/hub-{unit}.service/env",
  ])("may have %s", (line) => {
    expect(problemsOf(`${HEAD}${line}\n`)).toEqual([]);
  });

  test.each([
    ["ExecStart=/bin/echo {name}", "3:21: {name} is no placeholder; there are {user}, {uid}, {home}, {unit}"],
    ["ExecStart=/bin/echo {USER}", "3:21: {USER} is no placeholder; there are {user}, {uid}, {home}, {unit}"],
    [
      "ExecStart=/bin/awk {print}",
      "3:20: {print} is no placeholder; there are {user}, {uid}, {home}, {unit}",
    ],
    ["Environment=A=%{user}", "3:16: a % right before a placeholder would make a specifier of it; write %%"],
    [
      "Environment=A=%%%{home}",
      "3:18: a % right before a placeholder would make a specifier of it; write %%",
    ],
    ["Environment=A=\\{uid}", "3:16: a \\ right before a placeholder would escape its first letter"],
    [
      "User=root",
      "3:1: must be User={user}|3:1: stands twice: User={user} once is all that a template may say",
    ],
    ["User={user}", "3:1: stands twice: User={user} once is all that a template may say"],
    ["User=", "3:1: must be User={user}|3:1: stands twice: User={user} once is all that a template may say"],
    [
      "ExecStart=/bin/echo {unit}",
      "3:1: systemd would unescape {unit} in ExecStart=; it is for names of units",
    ],
    ["A=\u0000", "3:3: holds a control character or a byte order mark"],
    ["A=b\r", "3:4: holds a control character or a byte order mark"],
  ])("may not have %j", (line, problems) => {
    expect(problemsOf(`${HEAD}${line}\n`).join("|")).toBe(problems);
  });

  test.each([
    ["no [Service]", "[Unit]\nUser={user}\n", "1:1: has no User={user} in [Service]"],
    ["no User=", "[Service]\nType=exec\n", "1:1: has no User={user} in [Service]"],
    ["User= in a comment", "[Service]\n#User={user}\n", "1:1: has no User={user} in [Service]"],
    [
      "User= that goes on from a line before",
      "[Service]\nA=\\\nUser={user}\n",
      "1:1: has no User={user} in [Service]",
    ],
    ["another account", "[Service]\nUser=root\n", "2:1: must be User={user}"],
    ["a user id", "[Service]\nUser={uid}\n", "2:1: must be User={user}"],
    ["more than the user", "[Service]\nUser={user}x\n", "2:1: must be User={user}"],
    [
      "a byte order mark",
      "\ufeff[Service]\nUser={user}\n",
      "1:1: holds a control character or a byte order mark",
    ],
  ])("of a service is refused with %s", (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test("of a slice needs no User=", () => {
    expect(problemsOf("[Slice]\nMemoryMax=1G\n", "hub-{user}.slice")).toEqual([]);
  });
});
