import { describe, expect, test } from "@jest/globals";
import { auditRecords, sentenceOf, type AuditRecord } from "../../demo/audit.ts";

const RECORD: AuditRecord = {
  event: "audit",
  requestId: "1",
  peerUid: 998,
  peerUnit: "hub.service",
  method: "start",
  user: "mallory",
  server: "",
  decision: "refused",
  reason: "target-not-eligible",
};

test("audit records are found among the other lines of a journal", () => {
  const lines = ["Started helper.service.", '{"event":"begin","requestId":"1"}', JSON.stringify(RECORD)];
  expect(auditRecords([{}, ...lines.map((MESSAGE) => ({ MESSAGE }))])).toEqual([RECORD]);
});

describe("an audit record", () => {
  test("reads as one sentence", () => {
    expect(sentenceOf(RECORD)).toBe("uid 998, hub.service: start mallory: refused, target-not-eligible");
  });

  test("names the server where there is one, and no unit where there is none", () => {
    const other = {
      ...RECORD,
      peerUnit: null,
      server: "gpu",
      decision: "allowed",
      reason: null,
    };
    expect(sentenceOf(other as AuditRecord)).toBe("uid 998: start mallory, server gpu: allowed");
  });
});
