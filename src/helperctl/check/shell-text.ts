/** How a program is told to take an argument for code. */
interface Interpreter {
  /** The letters of the options that code follows. */
  readonly letters: string;
  /** Letters of options that take a value which is no code. */
  readonly takesValue: string;
  readonly words: readonly string[];
  /** A shell takes the first argument that is no option, wherever its `-c` stood; others what follows the letter. */
  readonly isShell: boolean;
  /** Whether options may stand behind other arguments. */
  readonly permutes?: boolean;
}

const shell: Interpreter = { letters: "c", takesValue: "oO", words: [], isShell: true };
const interpreter = (letters: string, words: readonly string[] = [], takesValue = ""): Interpreter => ({
  letters,
  takesValue,
  words,
  isShell: false,
});

const permuting = (found: Interpreter): Interpreter => ({ ...found, permutes: true });

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  ...Object.fromEntries(
    ["sh", "bash", "rbash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "yash", "csh", "tcsh"].map(
      (name) => [name, shell],
    ),
  ),
  fish: { ...shell, words: ["--command"] },
  su: permuting(interpreter("c", ["--command", "--session-command"], "gGsw")),
  runuser: permuting(interpreter("c", ["--command", "--session-command"], "gGsuw")),
  script: permuting(interpreter("c", ["--command"], "EIOTBmo")),
  flock: permuting(interpreter("c", ["--command"], "wE")),
  env: interpreter("S", ["--split-string"], "uC"),
  python: interpreter("c", [], "mWX"),
  perl: interpreter("eE", [], "I"),
  ruby: interpreter("e", [], "rI"),
  node: interpreter("ep", ["--eval", "--print"], "r"),
  php: interpreter("r", ["--run"], "dc"),
};

/** `/usr/bin/python3.11` is python. */
function interpreterOf(word: string): Interpreter | null {
  const name = word.slice(word.lastIndexOf("/") + 1).replace(/^(python|perl|ruby|php)[0-9.]+$/, "$1");
  return Object.hasOwn(INTERPRETERS, name) ? (INTERPRETERS[name] ?? null) : null;
}

const LONG = /^(--[a-z-]+)(?:=([^]*))?$/;

/** The code among the arguments of an interpreter. */
function codeIn(
  args: readonly string[],
  { letters, takesValue, words, isShell, permutes }: Interpreter,
): string[] {
  const code: string[] = [];
  let isWanted = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    const long = LONG.exec(word);
    if (long !== null) {
      if (words.includes(long[1] ?? "")) code.push(long[2] ?? args[++at] ?? "");
    } else if (/^[-+]./.test(word) && word !== "--") {
      const letter = Array.from(word).findIndex((char, place) => place > 0 && letters.includes(char));
      const value = Array.from(word).findIndex((char, place) => place > 0 && takesValue.includes(char));
      if (letter > 0 && isShell) isWanted = true;
      else if (letter > 0) code.push(word.slice(letter + 1) || (args[++at] ?? ""));
      if (value > 0 && value === word.length - 1) at++;
    } else if (word !== "--" && isShell) {
      // The first argument that is no option is the code, or a file that the shell reads; what follows is data.
      return isWanted ? [...code, word] : code;
    } else if (!isShell && permutes !== true && word !== "-") break;
  }
  return code;
}

/**
 * The arguments of a command that a shell, or another interpreter, takes for code. Those of the programs that it runs
 * through (`env`, `nice`, `exec-with-credentials` ...) count as well.
 */
export const codeOf = (argv: readonly string[]): string[] =>
  argv.flatMap((word, at) => {
    const found = interpreterOf(word);
    return found === null ? [] : codeIn(argv.slice(at + 1), found);
  });

/** Specifiers of systemd.unit(5) that come from a unit's name; all but `%p`, `%P`, `%j`, `%J` hold the instance. */
const FROM_THE_NAME = /%(?:%|([iInNfpPjJ]))/g;

/** The specifiers in a text that stand for parts of the unit's name. */
export const nameSpecifiers = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(FROM_THE_NAME), ([, letter]) => letter ?? "").filter(Boolean)),
];
