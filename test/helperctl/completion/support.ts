import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bashCompletion } from "../../../src/helperctl/completion/bash.ts";
import { fishCompletion } from "../../../src/helperctl/completion/fish.ts";
import type { Shell } from "../../../src/helperctl/completion/values.ts";
import { zshCompletion } from "../../../src/helperctl/completion/zsh.ts";

const SCRIPTS: Readonly<Record<Shell, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Calls the function of the script as readline does; "=" is a word of its own to it. */
const BASH = `
source "$1"
COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2))
[[ $# -gt 2 ]] || exit 1
_helperctl
[[ \${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"
`;

function argvOf(shell: Shell, directory: string, words: readonly string[]): string[] {
  const line = words.join(" ");
  if (shell === "fish") {
    return ["fish", "--no-config", "-c", `source ${directory}/_helperctl; complete -C '${line}'`];
  }
  if (shell === "zsh") return ["zsh", "-f", join(import.meta.dirname, "zsh-offers.zsh"), directory, line];
  const split = words.flatMap((word) => word.split(/(=)/).filter((part, at) => part !== "" || at === 0));
  return ["bash", "--norc", "-c", BASH, "bash", `${directory}/_helperctl`, ...split];
}

/** What a real shell offers for the last of these words, as it is when a tab is typed behind it. */
export function offers(shell: Shell, words: readonly string[], cwd = "/"): string[] {
  const directory = mkdtempSync(join(tmpdir(), "completion-"));
  try {
    writeFileSync(join(directory, "_helperctl"), SCRIPTS[shell]());
    const [program = "", ...args] = argvOf(shell, directory, words);
    const env = { PATH: process.env["PATH"], HOME: directory, TERM: "dumb", LC_ALL: "C.UTF-8" };
    const { stdout, stderr, status } = spawnSync(program, args, {
      encoding: "utf8",
      env,
      cwd,
      timeout: 30_000,
    });
    if (status !== 0 || stderr !== "") throw new Error(`${program}: ${String(status)} ${stderr}`);
    // fish puts the description behind a tab.
    const found = stdout.split("\n").map((line) => line.replace(/\t.*/, ""));
    return [...new Set(found.filter((line) => line !== ""))].sort();
  } finally {
    rmSync(directory, { recursive: true });
  }
}
