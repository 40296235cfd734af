import { HelperError, JobFailedError } from "hub-helper/client";
import { ServerEnded } from "./hub.ts";

/** What the user's browser is told when something went wrong. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly code?: string;
  /** Found again in the helper's audit record. */
  readonly requestId?: string | number;
}

/** HTTP statuses by the helper's codes; any other is 502. */
const STATUSES: Partial<Record<string, number>> = {
  "invalid-params": 400,
  denied: 403,
  "unit-not-found": 404,
  interrupted: 409,
  busy: 503,
  unavailable: 503,
  "job-timeout": 504,
};

/** A failed job comes with a sentence that is meant for the user. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ServerEnded) return { status: 502, message: error.message };
  if (!(error instanceof HelperError)) return { status: 500, message: "Something went wrong in the hub." };
  const { code, requestId } = error;
  const message = error instanceof JobFailedError ? error.details.hint : error.message;
  return { status: STATUSES[code] ?? 502, code, message, requestId };
}
