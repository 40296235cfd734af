export type SudoersProblem =
  /** There is no such file, or the caller may not read it. */
  | "unreadable"
  | "too-large"
  | "no-cvtsudoers"
  /** cvtsudoers does not take it: it is no sudoers file, and sudo itself would not take it either. */
  | "syntax"
  /** What cvtsudoers printed is not what is known of it. */
  | "unknown-form";

/** A sudoers file could not be read. The message is a sentence; its `file` and what it cites are hostile. */
export class SudoersError extends Error {
  override readonly name = "SudoersError";
  readonly problem: SudoersProblem;
  /** From 1; null where it is about no line. */
  readonly line: number | null;

  constructor(problem: SudoersProblem, message: string, { line = null }: { line?: number | null } = {}) {
    super(message);
    this.problem = problem;
    this.line = line;
  }
}
