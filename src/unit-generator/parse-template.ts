import { whyForbidden } from "./template-laws.ts";
import { PLACEHOLDERS } from "./values.ts";
import type { Placeholder } from "./values.ts";

/** Where something stands in a template, from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

export interface TemplateProblem extends Spot {
  readonly text: string;
}

export type Piece = { readonly literal: string } | ({ readonly placeholder: Placeholder } & Spot);

/**
 * A word in braces. `${HOME}` is the shell's and systemd's, and `{{.Name}}` or `{{name}}` of programs that have
 * templates of their own: both pass untouched.
 */
const WORD = /(?<![${])\{([A-Za-z][A-Za-z0-9_]*)\}/g;

const isPlaceholder = (word: string): word is Placeholder => PLACEHOLDERS.some((each) => each === word);

function spotOf(text: string, at: number): Spot {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - lineStart + 1 };
}

/** Whether a run of `char` that ends there is odd: an even one means the character itself. */
function endsInOdd(text: string, char: string): boolean {
  let count = 0;
  while (text[text.length - 1 - count] === char) count++;
  return count % 2 === 1;
}

/** What would take the first letter of a value for its own. */
function whyMisread(before: string): string | null {
  if (endsInOdd(before, "%")) return "a % right before a placeholder would make a specifier of it; write %%";
  if (endsInOdd(before, "\\")) return "a \\ right before a placeholder would escape its first letter";
  return null;
}

function problemOf(word: string, before: string): string | null {
  if (isPlaceholder(word)) return whyMisread(before);
  const known = PLACEHOLDERS.map((each) => `{${each}}`).join(", ");
  return `{${word}} is no placeholder; there are ${known}`;
}

// A byte order mark would hide the first header once our own line stands before it; systemd ends lines at NUL and CR.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/;

/**
 * Cuts a template into its text and its placeholders.
 * @returns what is wrong with it, if anything is
 */
export function parseTemplate(
  name: string,
  text: string,
): readonly Piece[] | { readonly problems: TemplateProblem[] } {
  const control = text.search(CONTROL);
  if (control !== -1) {
    return {
      problems: [{ ...spotOf(text, control), text: "holds a control character or a byte order mark" }],
    };
  }
  const pieces: Piece[] = [];
  const problems: TemplateProblem[] = [];
  let end = 0;
  for (const found of text.matchAll(WORD)) {
    const [whole, word = ""] = found;
    const spot = spotOf(text, found.index);
    const problem = problemOf(word, text.slice(0, found.index));
    if (problem !== null) problems.push({ ...spot, text: problem });
    pieces.push({ literal: text.slice(end, found.index) }, { placeholder: word as Placeholder, ...spot });
    end = found.index + whole.length;
  }
  problems.push(...whyForbidden(name, text));
  return problems.length > 0 ? { problems } : [...pieces, { literal: text.slice(end) }];
}
