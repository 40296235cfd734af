import type { JournalEntry } from "../testbed/index.ts";

/** One audit record of the helper, as far as the demo shows it. */
export interface AuditRecord {
  readonly event: "audit";
  readonly requestId: string;
  readonly peerUid: number;
  readonly peerUnit: string | null;
  readonly method: string;
  readonly user: string | null;
  readonly server: string | null;
  readonly decision: "allowed" | "refused";
  readonly reason: string | null;
}

/** The audit records in a journal; other lines of the helper have another event, and systemd's are no JSON. */
export function auditRecords(entries: readonly JournalEntry[]): AuditRecord[] {
  return entries
    .map(({ MESSAGE = "" }) => MESSAGE)
    .filter((message) => message.startsWith("{"))
    .map((message) => JSON.parse(message) as { event: string })
    .filter((record): record is AuditRecord => record.event === "audit");
}

/** "uid 998, demo-hub.service: start mallory: refused, target-not-eligible" */
export function sentenceOf(record: AuditRecord): string {
  const { peerUid, peerUnit, method, user, server, decision, reason } = record;
  const target = [user, server && `server ${server}`].filter(Boolean);
  const peer = `uid ${peerUid}${peerUnit === null ? "" : `, ${peerUnit}`}`;
  return `${peer}: ${method} ${target.join(", ")}: ${decision}${reason === null ? "" : `, ${reason}`}`;
}
