import { styleText } from "node:util";

/** Where a command prints to. */
export interface Screen {
  /** Its width; null where it is no terminal, and lines may be as long as they like. */
  readonly columns: number | null;
  readonly colour: boolean;
}

export const PLAIN: Screen = Object.freeze({ columns: null, colour: false });

/** What a piece of text is, which decides how it looks. */
export type Role = "good" | "bad" | "warning" | "title" | "aside" | "plain";

const STYLES: Readonly<Record<Role, Parameters<typeof styleText>[0] | null>> = {
  good: "green",
  bad: ["bold", "red"],
  warning: "yellow",
  title: "bold",
  aside: "dim",
  plain: null,
};

/** Text in the look of its role. Give it text that is harmless already: what it adds are the only escapes. */
export function paint({ colour }: Screen, role: Role, text: string): string {
  const style = STYLES[role];
  // Whether there is to be colour has been decided; styleText would decide anew, and differently from Node to Node.
  return style === null || !colour || text === "" ? text : styleText(style, text, { validateStream: false });
}

/** NO_COLOR counts whatever its value is, unless that is empty (no-color.org). A dumb terminal has no colours either. */
export const screenOf = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): Screen => {
  const isTerminal = stream.isTTY === true;
  return {
    columns: isTerminal && stream.columns ? stream.columns : null,
    colour: isTerminal && (NO_COLOR ?? "") === "" && TERM !== "dumb",
  };
};
