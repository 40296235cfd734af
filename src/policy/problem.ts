import type { Place, PolicyProblem } from "./types.ts";

/** A problem whose place is known. */
export type PlacedProblem = PolicyProblem & Place;

/** One line for a person: `file:line:column: text`. */
export function renderProblem(problem: PolicyProblem): string {
  const { file, line, column, text } = problem;
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return place === "" ? text : `${place}: ${text}`;
}

/** The policy cannot be loaded. Every problem that was found is listed, in the order of the files. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[], options?: ErrorOptions) {
    super(problems.map(renderProblem).join("\n"), options);
    this.problems = problems;
  }
}

/** Sorts problems by place, files in the order in which they are read. */
export function sortProblems(problems: readonly PlacedProblem[], files: readonly string[]): PlacedProblem[] {
  const rank = new Map(files.map((file, at) => [file, at]));
  const rankOf = (problem: PlacedProblem): number => rank.get(problem.file) ?? files.length;
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
}
