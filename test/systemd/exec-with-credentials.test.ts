import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";

const SCRIPT = resolve(import.meta.dirname, "../../systemd/exec-with-credentials");

/** test/system/exec-with-credentials.test.ts has busybox as well. */
const SHELLS = [["sh"], ["dash"], ["bash"], ["bash", "--posix"]];
/** What a shell puts into the environment by itself. */
const OWN = new Set(["_", "PWD", "OLDPWD", "SHLVL"]);

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "exec-with-credentials-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = (shell: readonly string[], command: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const [program = "", ...options] = shell;
  return spawnSync(program, [...options, SCRIPT, ...command], {
    env: { PATH: process.env["PATH"], CREDENTIALS_DIRECTORY: directory, ...env },
    input: "from the caller",
  });
};

/** The environment that the command sees; latin1 keeps bytes as they are. */
const environment = (shell: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { stdout, stderr, status } = run(shell, ["env", "-0"], env);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
  const lines = stdout.toString("latin1").split("\0").slice(0, -1);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
};

const write = (content: string, name = "hub_env") =>
  writeFileSync(join(directory, name), Buffer.from(content, "latin1"));

const KEPT_BY_SHELLS =
  /^(_|LINENO|OPTIND|PPID|E?UID|GROUPS|S?RANDOM|SECONDS|EPOCH.*|BASH.*|SHELLOPTS|SHLVL|DIRSTACK|FUNCNAME|HISTCMD|COMP_WORDBREAKS|PIPESTATUS|EXECIGNORE|PWD|OLDPWD)$/;
const names = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
  .filter((name) => !KEPT_BY_SHELLS.test(name) && name !== "PATH" && name !== "CREDENTIALS_DIRECTORY");
const bytes = fc.uint8Array({ maxLength: 60 }).map((value) =>
  Buffer.from(value)
    .toString("latin1")
    .replace(/[\0\n]/g, ""),
);
const tricky = fc
  .array(
    fc.constantFrom(
      "$(id)",
      "`id`",
      "${PATH}",
      '"',
      "'",
      "\\",
      "\\n",
      " ",
      "\t",
      "=",
      "*",
      "~",
      ";",
      "é",
      "\r",
      "--",
    ),
  )
  .map((parts) => Buffer.from(parts.join("")).toString("latin1"));
const credentials = fc.dictionary(names, fc.oneof(bytes, tricky), { maxKeys: 12, noNullPrototype: true });

describe.each(SHELLS)("as %s", (...shell) => {
  test.each(["C", "C.UTF-8"])(
    "every value arrives byte for byte, and nothing else does, in locale %s",
    (LC_ALL) => {
      fc.assert(
        fc.property(credentials, (wanted) => {
          write(
            Object.entries(wanted)
              .map(([name, value]) => `${name}=${value}\n`)
              .join(""),
          );
          const seen = environment(shell, { LC_ALL });
          for (const own of OWN) if (!(own in wanted)) seen.delete(own);
          const inherited = { PATH: process.env["PATH"], CREDENTIALS_DIRECTORY: directory, LC_ALL };
          expect(Object.fromEntries(seen)).toEqual({ ...inherited, ...wanted });
        }),
        { numRuns: 100 },
      );
    },
  );

  test("no name in the credential collides with a variable of the script", () => {
    const wanted = [
      "EXEC_WITH_CREDENTIALS_LINE",
      "EXEC_WITH_CREDENTIALS_FILE",
      "IFS",
      "OPTARG",
      "PS4",
      "ENV",
    ];
    write(wanted.map((name) => `${name}=kept ${name}\n`).join(""));
    const seen = environment(shell);
    for (const name of wanted) expect(seen.get(name)).toBe(`kept ${name}`);
    expect(environment(shell, { ENV: "/dev/null" }).get("ENV")).toBe("kept ENV");
  });

  test("the variables of the script are not left behind", () => {
    write("A=1\n");
    expect([...environment(shell).keys()].filter((name) => name.startsWith("EXEC_WITH"))).toEqual([]);
  });

  test("a last line without a newline counts, and an empty credential sets nothing", () => {
    write("A=1\nB=2");
    expect(environment(shell).get("B")).toBe("2");
    write("");
    expect(environment(shell).has("A")).toBe(false);
  });

  test("a value of 100 kB arrives whole", () => {
    write(`A=${"x".repeat(100_000)}\n`);
    expect(environment(shell).get("A")).toHaveLength(100_000);
  });

  test("the credential env is read where there is no hub_env", () => {
    write("A=plain\n", "env");
    expect(environment(shell).get("A")).toBe("plain");
    write("A=hub\n");
    expect(environment(shell).get("A")).toBe("hub");
  });

  test("the command keeps its arguments, its standard input and its exit status", () => {
    write("A=1\n");
    const { stdout, status } = run(shell, [
      "sh",
      "-c",
      'printf "<%s>" "$@"; cat; exit 7',
      "x",
      "a  b",
      "",
      "*",
      "--",
      "A=2",
    ]);
    expect(stdout.toString()).toBe("<a  b><><*><--><A=2>from the caller");
    expect(status).toBe(7);
  });

  test("the command takes the place of the script", () => {
    write("A=1\n");
    const { stdout, pid } = run(shell, ["sh", "-c", "echo $$"]);
    expect(Number(stdout.toString())).toBe(pid);
  });

  test.each([
    ["no equals sign", "SECRET\n"],
    ["an empty line", "A=1\n\nB=2\n"],
    ["an empty name", "=SECRET\n"],
    ["a digit first", "1A=SECRET\n"],
    ["a space in the name", "A B=SECRET\n"],
    ["an option in place of a name", "-p=SECRET\n"],
    ["a substitution in the name", "$(touch SECRET)=1\n"],
    ["a letter outside ASCII", "\xc3\x84=SECRET\n"],
    ["an exported function", "BASH_FUNC_x%%=() { SECRET; }\n"],
    ["a name that the shell keeps", "OPTIND=SECRET\n"],
  ])("%s is refused with 78, and the value stays out of the message", (_, content) => {
    write(content);
    const { stdout, stderr, status } = run(shell, ["echo", "ran"]);
    expect(status).toBe(78);
    expect(stdout.toString()).toBe("");
    expect(stderr.toString()).toMatch(
      /^exec-with-credentials: (the credentials set OPTIND|.*hub_env is not NAME=value)/,
    );
    expect(stderr.toString()).not.toContain("SECRET");
  });

  test.each([
    ["a missing credential", {}, ["true"], /^exec-with-credentials: neither hub_env nor env is in /],
    ["a unit without credentials", { CREDENTIALS_DIRECTORY: "" }, ["true"], /LoadCredential=/],
    ["a missing command", {}, [], /usage: exec-with-credentials COMMAND/],
  ])("%s is refused with 78 and a sentence", (_, env, command, sentence) => {
    const { stderr, status } = run(shell, command, env);
    expect(status).toBe(78);
    expect(stderr.toString()).toMatch(sentence);
  });
});
