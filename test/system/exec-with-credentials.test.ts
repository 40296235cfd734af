import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";

const stage = setStage();

/**
 * Sets each variable that a shell knows, under each shell, and tells what became of it. The names are those that the
 * shells themselves list, and those that no shell lists until they are used.
 */
const DRIVER = `
import json, os, re, subprocess, sys, tempfile
SCRIPT = "/usr/lib/hub-helper/exec-with-credentials"
SHELLS = {"dash": ["dash"], "bash": ["bash"], "bash --posix": ["bash", "--posix"], "busybox ash": ["busybox", "ash"]}
names = set(subprocess.run(["bash", "-c", "compgen -v"], capture_output=True, text=True, check=True).stdout.split())
for shell in SHELLS.values():
    text = subprocess.run([*shell, "-c", "set"], capture_output=True, text=True, check=True).stdout
    names |= set(re.findall(r"^([A-Za-z_][A-Za-z0-9_]*)=", text, re.MULTILINE))
names |= set("""_ PWD OLDPWD SHLVL LINENO OPTIND OPTARG OPTERR PPID UID EUID GROUPS RANDOM SRANDOM SECONDS EPOCHSECONDS
  EPOCHREALTIME BASHOPTS SHELLOPTS BASH BASHPID BASH_ARGV0 BASH_COMPAT BASH_ENV BASH_XTRACEFD BASH_SUBSHELL DIRSTACK
  FUNCNAME FUNCNEST HISTCMD HISTFILE HISTSIZE HISTCONTROL COMP_WORDBREAKS PIPESTATUS EXECIGNORE GLOBIGNORE GLOBSORT FIGNORE
  POSIXLY_CORRECT IGNOREEOF TMOUT REPLY MAPFILE COPROC READLINE_LINE PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 IFS ENV MAIL
  MAILPATH MAILCHECK CDPATH HOSTNAME HOSTTYPE MACHTYPE OSTYPE LANG LC_ALL LC_CTYPE LC_NUMERIC TZ TERM COLUMNS LINES
  CHILD_MAX INSIDE_EMACS TIMEFORMAT HOME SHELL FCEDIT NULL ATTY BASH_MONOSECONDS""".split())
names -= {"PATH", "CREDENTIALS_DIRECTORY"}
wrong, count = [], 0
with tempfile.TemporaryDirectory() as directory:
    for shell, argv in SHELLS.items():
        for name in sorted(names):
            for value in ("x y $(id)", "7", "", "*"):
                count += 1
                with open(f"{directory}/hub_env", "w") as file: file.write(f"AAA=1\\n{name}={value}\\nZZZ=2\\n")
                done = subprocess.run([*argv, SCRIPT, "/usr/bin/env", "-0"], capture_output=True, text=True,
                                      env={"PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": directory})
                seen = dict(line.split("=", 1) for line in done.stdout.split("\\0") if line)
                arrived = done.returncode == 0 and seen.get(name) == value and seen.get("AAA") == "1" and seen.get("ZZZ") == "2"
                refused = (done.returncode == 78 and done.stdout == "" and
                           done.stderr == f"exec-with-credentials: the credentials set {name}, which the shell keeps for itself\\n")
                if not arrived and not refused:
                    wrong.append([shell, name, value, done.returncode, seen.get(name), done.stderr])
print(json.dumps({"count": count, "names": len(names), "wrong": wrong}))
`;

test("every variable of dash, bash, bash --posix and busybox ash arrives or is refused with a sentence", async () => {
  await stage.testbed.write("/opt/driver.py", DRIVER.replaceAll("\\\\", "\\"));
  const { stdout } = await stage.testbed.run(["python3", "/opt/driver.py"], { timeoutMs: 200_000 });
  const { count, names, wrong } = JSON.parse(stdout) as { count: number; names: number; wrong: unknown[] };
  expect(wrong).toEqual([]);
  expect(names).toBeGreaterThan(80);
  expect(count).toBe(names * 16);
});
