/** One command in a document, with what the document says that it prints. */
export interface Documented {
  readonly file: string;
  /** The account that types it. */
  readonly user: string;
  readonly command: string;
  readonly output: string;
  /** How wide the terminal is: what the last heading above says ("80 columns"), or 100. */
  readonly columns: number;
}

const CONSOLE = /^```console\n([^]*?)^```$/gm;
const PROMPT = /^(root|ada)[#$] (.*)$/;
const COLUMNS = /^#+ .*?(\d+) columns$/gm;
const DEFAULT_COLUMNS = 100;

function columnsAt(text: string, at: number): number {
  let columns = DEFAULT_COLUMNS;
  for (const heading of text.slice(0, at).matchAll(/^#+ .*$/gm)) {
    columns = Number([...heading[0].matchAll(COLUMNS)][0]?.[1] ?? DEFAULT_COLUMNS);
  }
  return columns;
}

interface Typed {
  readonly user: string;
  readonly command: string;
  readonly lines: string[];
}

function typedIn(body: string): Typed[] {
  const typed: Typed[] = [];
  for (const line of body.replace(/\n$/, "").split("\n")) {
    const [, user, command = ""] = PROMPT.exec(line) ?? [];
    if (user !== undefined) typed.push({ user, command, lines: [] });
    else typed.at(-1)?.lines.push(line);
  }
  return typed;
}

/** Every command in the `console` blocks of a document, in their order. */
export const documentedIn = (file: string, text: string): Documented[] =>
  Array.from(text.matchAll(CONSOLE)).flatMap((block) =>
    typedIn(block[1] ?? "").map(({ user, command, lines }) => ({
      file,
      user,
      command,
      output: lines.join("\n"),
      columns: columnsAt(text, block.index),
    })),
  );

const prompt = (user: string): string => `${user}${user === "root" ? "#" : "$"}`;

/** The document with other outputs, one for each command in order. */
export function withOutputs(text: string, outputs: readonly string[]): string {
  let next = 0;
  return text.replace(CONSOLE, (_block, body: string) => {
    const shown = typedIn(body).map(({ user, command }) => {
      const output = outputs[next++] ?? "";
      return `${prompt(user)} ${command}\n${output === "" ? "" : `${output}\n`}`;
    });
    return `\`\`\`console\n${shown.join("")}\`\`\``;
  });
}
