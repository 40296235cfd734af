import type { Machine } from "./machine.ts";
import { ProgramMissing } from "./program.ts";

/** What systemd-analyze(1) thinks of a service's sandbox. */
export interface SandboxScore {
  /** From 0.0, nothing is left open, to 10.0, nothing is closed. */
  readonly score: number;
  /** `PERFECT`, `SAFE`, `OK`, `MEDIUM`, `EXPOSED`, `UNSAFE` or `DANGEROUS`. */
  readonly rating: string;
}

/** The last line of what it prints; with `--json` there is a table of the single settings, and no sum. */
const SUM = /^\S+ Overall exposure level for .+: (\d+\.\d+) ([A-Z]+)/m;

/** Reads what `systemd-analyze security UNIT` prints. Null: it did not come to a sum. */
export function parseSandboxScore(text: string): SandboxScore | null {
  const [, score, rating] = SUM.exec(text) ?? [];
  return score === undefined || rating === undefined ? null : { score: Number(score), rating };
}

/** How open a service is to what goes wrong inside of it. Null: systemd-analyze is missing, or cannot say. */
export async function sandboxScore(
  { run }: Pick<Machine, "run">,
  unit: string,
): Promise<SandboxScore | null> {
  try {
    const { stdout } = await run(["systemd-analyze", "security", "--no-pager", "--", unit]);
    return parseSandboxScore(stdout);
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
