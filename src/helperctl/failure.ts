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

/** What an error means for the caller: an exit status, and a sentence. */
export function judgeFailure(error: unknown): { status: ExitStatus; sentence: string } {
  const sentence = harmless(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) return { status: EXIT.usage, sentence };
  if (error instanceof HelperError) return { status: STATUS_OF_CODE[error.code] ?? EXIT.failed, sentence };
  return { status: EXIT.failed, sentence };
}
