import { sectionOf } from "../docs/markdown.ts";

/** What a reader of the guide does, one fenced block each. */
export type Step =
  /** Typed into root's shell. `when` is the comment above the block, "" where there is none. */
  | { readonly kind: "type"; readonly text: string; readonly when: string; readonly shown: string | null }
  /** Written to the path in the block's first line, which is a comment in all the formats we have. */
  | { readonly kind: "write"; readonly path: string; readonly text: string };

const BLOCK = /(?:^<!-- (.+) -->\n\n)?^```([a-z]*)\n([^]*?)^```$/gm;
const PATH = /^# (\/\S+)\n/;

/** The steps of a section of a page, in order. */
export function stepsOf(page: string, heading: string): Step[] {
  const steps: Step[] = [];
  for (const [, when = "", language = "", text = ""] of sectionOf(page, heading).matchAll(BLOCK)) {
    const last = steps.at(-1);
    const [, path] = PATH.exec(text) ?? [];
    if (language === "sh") steps.push({ kind: "type", text, when, shown: null });
    else if (language === "text" && last?.kind === "type") steps.splice(-1, 1, { ...last, shown: text });
    else if (path !== undefined) steps.push({ kind: "write", path, text });
  }
  return steps;
}

/** Whether a text is what a block shows, where `…` stands for anything: for lines, where it is alone on one. */
export function isShown(shown: string, text: string): boolean {
  const lines = shown.trimEnd().split("\n");
  const pattern = lines.map((line) => (line === "…" ? "(?:.*\n)*" : `${patternOf(line)} *\n`)).join("");
  return new RegExp(`^${pattern}$`).test(text);
}

const patternOf = (line: string): string =>
  line
    .split("…")
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*");
