import * as v from "valibot";
import type { KeyPath } from "./locate.ts";
import type { PolicyFile } from "./parse-file.ts";
import type { PlacedProblem } from "./problem.ts";

/** A key path as a person reads it. Elements are told apart by their place. */
const nameOf = (path: KeyPath): string =>
  path
    .filter((part) => typeof part === "string")
    .map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part)))
    .join(".");

/** A problem with what stands at a path of a file. The text goes on from the path: `is missing`. */
export const problemAt = (file: PolicyFile, path: KeyPath, text: string): PlacedProblem => ({
  file: file.path,
  ...file.places.find(path),
  ...(path.length === 0 ? { text, isWhole: true } : { text: `${nameOf(path)} ${text}` }),
});

const keysOf = (issue: v.BaseIssue<unknown>): (string | number)[] =>
  (issue.path ?? [])
    .map((item) => item.key)
    .filter((key) => typeof key === "string" || typeof key === "number");

const SHOWN_CHARACTERS = 80;

function textOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "object" && issue.received === "undefined") return "is missing";
  // The path does not tell one element of a list from another, so its own words do.
  const isElement = typeof issue.path?.at(-1)?.key === "number" && typeof issue.input === "string";
  return isElement
    ? `${JSON.stringify(issue.input).slice(0, SHOWN_CHARACTERS)} ${issue.message}`
    : issue.message;
}

/** Judges what stands at a path of a file by a schema. Null: it has problems, and they are in `problems`. */
export function judge<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  at: { readonly file: PolicyFile; readonly path: KeyPath; readonly problems: PlacedProblem[] },
): T | null {
  const judged = v.safeParse(schema, value);
  if (judged.success) return judged.output;
  for (const issue of judged.issues) {
    at.problems.push(problemAt(at.file, [...at.path, ...keysOf(issue)], textOf(issue)));
  }
  return null;
}
