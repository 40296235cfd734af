import { HelperError } from "../client/errors.ts";
import type { ExitStatus } from "./exit-status.ts";
import { EXIT } from "./exit-status.ts";
import { harmless } from "./harmless.ts";
import { UsageError } from "./usage-error.ts";

/** What is not listed here is a failure. */
const STATUS_OF_CODE: Partial<Record<string, ExitStatus>> = {
  denied: EXIT.no,
  "invalid-params": EXIT.usage,
  "cannot-connect": EXIT.unreachable,
  "untrusted-socket": EXIT.unreachable,
  "connection-lost": EXIT.unreachable,
  timeout: EXIT.unreachable,
};

/** What to do next, after the error's own sentence. */
const ADVICE: Partial<Record<string, string>> = {
  "unit-not-found": "helperctl check says what is missing.",
  "unit-refused": "helperctl check says what is wrong with it, and what mends it.",
  denied: "Root can ask why: helperctl explain.",
  unavailable: "helperctl check tells whether it is the policy, systemctl status helper what else it may be.",
};

/** What an error means for the caller: an exit status, and a sentence. */
export function judgeFailure(error: unknown): { status: ExitStatus; sentence: string } {
  const sentence = harmless(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) return { status: EXIT.usage, sentence };
  if (error instanceof HelperError) {
    const advice = ADVICE[error.code];
    const status = STATUS_OF_CODE[error.code] ?? EXIT.failed;
    return { status, sentence: advice === undefined ? sentence : `${sentence} ${advice}` };
  }
  return { status: EXIT.failed, sentence };
}
