/** One command of an `Exec...=` line, before systemd puts anything in the place of `%i` or `$NAME`. */
export interface ExecCommand {
  /** Of `@ - : + ! |`. */
  readonly prefix: string;
  readonly argv: readonly string[];
}

const SIMPLE_ESCAPES: Partial<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-3][0-7]{2})|([^]))/y;
const SPACE = /[ \t\n\r]/;

/** Reads one escape, as systemd.service(5) has them; what is none stays as it is. */
function unescape(text: string, at: number): { char: string; length: number } {
  ESCAPE.lastIndex = at;
  const [whole = "\\", hex, unicode, octal, other] = ESCAPE.exec(text) ?? [];
  const code =
    octal === undefined ? (hex ?? unicode ?? null) && parseInt(hex ?? unicode ?? "", 16) : parseInt(octal, 8);
  const char = typeof code === "number" ? String.fromCodePoint(code) : (SIMPLE_ESCAPES[other ?? ""] ?? other);
  return { char: char ?? "\\", length: whole.length };
}

interface Word {
  readonly text: string;
  /** A `;` that stands alone, and neither quoted nor escaped, ends a command. */
  readonly isSeparator: boolean;
}

/** Splits as systemd does: by white space, with quotes anywhere in a word and escapes in and out of them. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  let text: string | null = null;
  let isBare = true;
  let quote: string | null = null;
  const end = (): void => {
    if (text !== null) words.push({ text, isSeparator: isBare && text === ";" });
    text = null;
    isBare = true;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === "\\") {
      const escape = unescape(line, at);
      text = `${text ?? ""}${escape.char}`;
      isBare = false;
      at += escape.length - 1;
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else text = `${text ?? ""}${char}`;
    } else if (char === '"' || char === "'") {
      quote = char;
      text ??= "";
      isBare = false;
    } else if (SPACE.test(char)) end();
    else text = `${text ?? ""}${char}`;
  }
  end();
  return words;
}

function commandOf(words: readonly string[]): ExecCommand {
  const [first = "", ...more] = words;
  const prefix = /^[@\-:+!|]*/.exec(first)?.[0] ?? "";
  // With `@` the second word is what the program sees as its own name.
  const argv = [first.slice(prefix.length), ...(prefix.includes("@") ? more.slice(1) : more)];
  return { prefix, argv };
}

/** The commands of one line: there may be several, with `;` between them. */
export function execCommands(line: string): ExecCommand[] {
  const commands: string[][] = [[]];
  for (const { text, isSeparator } of wordsOf(line)) {
    if (isSeparator) commands.push([]);
    else commands.at(-1)?.push(text);
  }
  return commands.filter((words) => words.length > 0).map(commandOf);
}
