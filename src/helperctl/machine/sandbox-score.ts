import type { Machine } from "./machine.ts";
import { ProgramMissing } from "./program.ts";

/** How exposed a service is: from 0, not at all, to 10; and what systemd-analyze calls that. */
export interface SandboxScore {
  readonly score: number;
  /** `safe`, `ok`, `medium`, `exposed`, `unsafe` ... */
  readonly rating: string;
}

/** The last line that systemd-analyze(1) prints; its JSON leaves the verdict out. */
const VERDICT = /: (\d+(?:\.\d+)?) ([A-Z]+)[^\n]*\s*$/;

/** What `systemd-analyze security` thinks of a unit. Null: it does not judge this one, or is not installed. */
export async function sandboxScore(
  { run }: Pick<Machine, "run">,
  unit: string,
): Promise<SandboxScore | null> {
  try {
    const { stdout } = await run(["systemd-analyze", "security", "--no-pager", "--", unit]);
    const [, score, rating] = VERDICT.exec(stdout) ?? [];
    return score === undefined || rating === undefined
      ? null
      : { score: Number(score), rating: rating.toLowerCase() };
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
