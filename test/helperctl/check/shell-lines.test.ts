import { describe, expect, test } from "@jest/globals";
import { execCommands } from "../../../src/helperctl/check/exec-words.ts";
import { codeOf, nameSpecifiers } from "../../../src/helperctl/check/shell-text.ts";

const argvOf = (line: string) => execCommands(line).map(({ argv }) => argv);

/** The specifiers that stand in code, in a line. */
const inCode = (line: string): string[] =>
  execCommands(line)
    .flatMap(({ argv }) => codeOf(argv))
    .flatMap(nameSpecifiers);

test.each<[string, string[][]]>([
  ["/bin/a b  c", [["/bin/a", "b", "c"]]],
  [`/bin/a 'b c' "d e" f'g h'i ""`, [["/bin/a", "b c", "d e", "fg hi", ""]]],
  ["/bin/a \\x25i b\\sc \\101 d\\\\e", [["/bin/a", "%i", "b c", "A", "d\\e"]]],
  [
    "/bin/a b ; /bin/c d",
    [
      ["/bin/a", "b"],
      ["/bin/c", "d"],
    ],
  ],
  ["/bin/a b \\; c ';' d", [["/bin/a", "b", ";", "c", ";", "d"]]],
  ["-/bin/a b", [["/bin/a", "b"]]],
  ["@/bin/sh mine -c x", [["/bin/sh", "-c", "x"]]],
  ["", []],
])("%s is split as systemd splits it", (line, argv) => {
  expect(argvOf(line)).toEqual(argv);
});

test("the prefixes of a line are told apart from its program", () => {
  expect(execCommands("-+:/bin/a")).toEqual([{ prefix: "-+:", argv: ["/bin/a"] }]);
});

describe("a corpus of bad lines", () => {
  test.each<[string, string]>([
    ["i", 'sh -c "mkdir /tmp/%i"'],
    ["I", "/bin/sh -c 'mkdir /tmp/%I'"],
    ["n", "/usr/bin/bash -ec 'echo %n'"],
    ["N", "/bin/bash -o pipefail -c 'echo %N'"],
    ["i", "/bin/bash -eo pipefail -c 'echo %i'"],
    ["i", "/bin/bash -lc 'exec jupyterhub-singleuser --name=%i'"],
    ["i", "/bin/sh -c -e 'echo %i'"],
    ["i", "/bin/sh -c -- 'echo %i'"],
    ["j", "/usr/bin/env -i A=b /bin/dash -c 'echo %j'"],
    ["p", "/usr/bin/env -S \"sh -c 'echo %p'\""],
    ["i", "/usr/bin/nice -n 5 /bin/zsh -c 'echo %i'"],
    ["i", "/usr/lib/hub-helper/exec-with-credentials /bin/sh -c 'echo %i'"],
    ["i", "/bin/busybox sh -c 'echo %i'"],
    ["i", "@/bin/sh innocent -c 'echo %i'"],
    ["i", "-/bin/sh -c 'echo \\x25i'"],
    ["i", "/bin/true ; /bin/sh -c 'echo %i'"],
    ["i", "/bin/su zoe -c 'echo %i'"],
    ["i", "/usr/sbin/runuser -u zoe --command='echo %i'"],
    ["i", "/usr/bin/python3.11 -c 'print(\"%i\")'"],
    ["i", "/usr/bin/python3 -c'print(\"%i\")'"],
    ["P", "/usr/bin/perl -e 'print \"%P\"'"],
    ["i", "/usr/bin/node --eval 'console.log(\"%i\")'"],
    ["i", "/usr/bin/flock /run/lock -c 'echo %i'"],
  ])("%%%s stands in the code of %s", (letter, line) => {
    expect(inCode(line)).toEqual([letter]);
  });
});

test.each([
  "/bin/mkdir /tmp/%i",
  `/bin/sh -c 'mkdir "$1"' sh %i`,
  "/bin/sh /usr/local/bin/start %i",
  "/bin/sh -e /usr/local/bin/start -c %i",
  "/bin/sh -c 'echo 100%%i'",
  "/bin/sh -c 'echo %u %h'",
  "/usr/bin/python3 /opt/start.py -c %i",
  "/usr/bin/python3 -m start %i",
  "/opt/jupyterhub/bin/jupyterhub-singleuser --ServerApp.name=%i",
])("nothing that a hub chooses stands in the code of %s", (line) => {
  expect(inCode(line)).toEqual([]);
});
