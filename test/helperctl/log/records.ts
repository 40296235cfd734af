import type { BeginRecord, DecisionRecord } from "../../../src/helperctl/log/record.ts";

const SUBJECT = {
  time: "2030-01-02T03:04:05.678Z",
  audit: "c64954d3-7633-4485-99a4-5ad65f070bba",
  peerUid: 990,
  peerPid: 429,
  peerUnit: "hub.service",
  method: "start",
  requestId: 5,
  template: "singleuser",
  user: "zoe",
  server: "",
  policyHash: "68".repeat(32),
  unit: "jupyterhub-singleuser-zoe.service",
  rule: "hub",
} as const;

/** A verb that was begun, with what matters to a test. */
export const begun = (members: Partial<BeginRecord> = {}): BeginRecord => ({
  event: "begin",
  ...SUBJECT,
  ...members,
});

/** A verb that was carried out. */
export const allowed = (members: Partial<DecisionRecord> = {}): DecisionRecord => ({
  event: "audit",
  ...SUBJECT,
  decision: "allowed",
  reason: null,
  outcome: "ok",
  durationMs: 42,
  ...members,
});

/** What was refused. */
export const refused = (members: Partial<DecisionRecord> = {}): DecisionRecord =>
  allowed({
    decision: "refused",
    reason: "target-not-eligible",
    rule: null,
    unit: null,
    outcome: "refused",
    ...members,
  });

/** A line of the journal, as journalctl prints it. */
export const journalLine = (message: unknown, invocation = "aa", cursor = "s=1"): string =>
  JSON.stringify({
    __CURSOR: cursor,
    _SYSTEMD_INVOCATION_ID: invocation,
    MESSAGE: typeof message === "string" ? message : JSON.stringify(message),
  });
