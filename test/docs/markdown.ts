import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

/** Every committed file. */
export const committedFiles = (): string[] =>
  execFileSync("git", ["-c", `safe.directory=${ROOT}`, "ls-files", "-z"], { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter((name) => name !== "");

export const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");

export interface Fence {
  readonly language: string;
  readonly body: string;
}

const FENCE = /^```([a-z]*)\n([^]*?)^```$/gm;

/** Fenced blocks, in order. */
export const fencesOf = (text: string): Fence[] =>
  Array.from(text.matchAll(FENCE), ([, language = "", body = ""]) => ({ language, body }));

/** A text without its fenced blocks: what is prose, headings and tables. */
export const withoutFences = (text: string): string => text.replace(FENCE, "");

/** The anchors that headings make, as the common renderers do. */
export const anchorsOf = (text: string): Set<string> =>
  new Set(
    Array.from(withoutFences(text).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replace(/ /g, "-"),
    ),
  );

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The tables of a text: the cells of their rows, the header first. */
function tablesOf(text: string): string[][][] {
  const tables: string[][][] = [];
  let open: string[][] | null = null;
  for (const line of withoutFences(text).split("\n")) {
    if (!line.startsWith("|")) open = null;
    else if (open === null) tables.push((open = [cellsOf(line)]));
    else if (!/^\|[ :|-]+\|$/.test(line)) open.push(cellsOf(line));
  }
  return tables;
}

/** Rows of the one table with this header. */
export function tableOf(text: string, ...header: readonly string[]): string[][] {
  const [found, ...others] = tablesOf(text).filter(([first]) => first?.join("|") === header.join("|"));
  if (found === undefined || others.length > 0) throw new Error(`no table, or several: ${header.join(", ")}`);
  return found.slice(1);
}

/** The section of a text that a heading opens, down to the next heading of its depth or above. */
export function sectionOf(text: string, heading: string): string {
  const depth = /^#+/.exec(heading)?.[0].length ?? 0;
  const from = text.indexOf(`\n${heading}\n`);
  if (from === -1) throw new Error(`no heading: ${heading}`);
  const rest = text.slice(from + heading.length + 2);
  // Comments in fenced blocks look like headings.
  const prose = rest.replace(FENCE, (fence) => " ".repeat(fence.length));
  const end = prose.search(new RegExp(`^#{1,${depth}} `, "m"));
  return end === -1 ? rest : rest.slice(0, end);
}

/** What stands in backticks in a cell. */
export const codesIn = (cell: string): string[] =>
  Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
