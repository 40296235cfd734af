import type { Machine } from "./machine.ts";
import { ProgramMissing } from "./program.ts";

/** How exposed a unit is, in the judgement of systemd-analyze(1), "security". */
export interface SandboxScore {
  /** From 0 (nothing is open to it) to 10. */
  readonly score: number;
  /** `SAFE`, `OK`, `MEDIUM`, `EXPOSED`, `UNSAFE` ... */
  readonly rating: string;
}

const OVERALL = /Overall exposure level for .*: (\d+(?:\.\d+)?) ([A-Z]+)/;

/** Reads what `systemd-analyze security UNIT` says last. Null where it says nothing of the kind. */
export function parseScore(output: string): SandboxScore | null {
  const [, score, rating] = OVERALL.exec(output) ?? [];
  return score === undefined || rating === undefined ? null : { score: Number(score), rating };
}

/** Null: the unit is not loaded, or this systemd cannot tell. */
export async function sandboxScore({ run }: Machine, unit: string): Promise<SandboxScore | null> {
  try {
    return parseScore((await run(["systemd-analyze", "security", "--no-pager", "--", unit])).stdout);
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
