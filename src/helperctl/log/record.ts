import * as v from "valibot";
import type { AuditSubject } from "../../helper/audit.ts";

/** What every record says: docs/operations.md, "The log". Names are as the peer sent them, at most 64 characters. */
interface Subject extends AuditSubject {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The id that `begin` and `audit` of one request share. */
  readonly audit: string;
  readonly unit: string | null;
  readonly rule: string | null;
}

/** A verb that is about to be carried out. */
export interface BeginRecord extends Subject {
  readonly event: "begin";
}

/** A decision, and what came of it. */
export interface DecisionRecord extends Subject {
  readonly event: "audit";
  readonly decision: "allowed" | "refused";
  /** Null for what was allowed. */
  readonly reason: string | null;
  /** `ok`, `refused`, or the code of the error that the caller got. */
  readonly outcome: string;
  readonly durationMs: number;
  /** How many refusals this record stands for: above 50 a second of one uid they are summed up. */
  readonly count?: number;
}

export type AuditRecord = BeginRecord | DecisionRecord;

/** The form alone would let a 25th hour pass. */
const isDate = (time: string): boolean => Number.isFinite(Date.parse(time));
const text = v.nullable(v.string());

const SUBJECT = {
  time: v.pipe(v.string(), v.isoTimestamp(), v.check(isDate)),
  audit: v.string(),
  peerUid: v.nullable(v.number()),
  peerPid: v.number(),
  peerUnit: text,
  method: v.string(),
  requestId: v.union([v.string(), v.number()]),
  template: text,
  user: text,
  server: text,
  policyHash: v.string(),
  unit: text,
  rule: text,
};

const DECISION = {
  decision: v.picklist(["allowed", "refused"]),
  reason: text,
  outcome: v.string(),
  durationMs: v.number(),
  count: v.optional(v.number()),
};

const RECORD = v.variant("event", [
  v.looseObject({ event: v.literal("begin"), ...SUBJECT }),
  v.looseObject({ event: v.literal("audit"), ...SUBJECT, ...DECISION }),
]);

const isRecord = (value: unknown): value is AuditRecord => v.is(RECORD, value);

/** JSON, or undefined: journalctl may be ended in the middle of a line, and not every line of the helper is a record. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A record of the audit log, just as the helper wrote it; null for any other line. */
export function parseRecord(line: string): AuditRecord | null {
  const value = parseJson(line);
  return isRecord(value) ? value : null;
}
