import type { Run } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import type { Shell } from "../completion/values.ts";
import { SHELLS } from "../completion/values.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { EXIT } from "../exit-status.ts";
import { knownWord } from "../known-word.ts";

const SCRIPTS: Readonly<Record<Shell, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints a shell's completion script. */
export const completion: Run = ({ words: [shell = ""] }, { print }) => {
  print(SCRIPTS[knownWord("shell", shell, SHELLS)]());
  return Promise.resolve(EXIT.yes);
};
