import { describe, expect, test } from "@jest/globals";
import { Audit } from "../../src/helper/audit.ts";
import type { Log } from "../../src/helper/log.ts";
import { hintOf } from "../../src/units/hint.ts";
import { rawUnit } from "../units/raw-units.ts";
import { codesIn, read, sectionOf, tableOf } from "./markdown.ts";

const text = read("docs/operations.md");

describe("the table of hints", () => {
  const rows = tableOf(text, "systemd says", "the user reads", "what to look at");

  const failed = (result: string, status = 1) =>
    rawUnit({ ActiveState: "failed", SubState: "failed", Result: result, ExecMainStatus: status });
  const hints: Readonly<Record<string, (detail: string) => string>> = {
    "exit status": (status) => hintOf("failed", failed("exit-code", Number(status))),
    result: (result) => hintOf("failed", failed(result)),
    job: (result) => hintOf(result, rawUnit({ ActiveState: "inactive", SubState: "dead" })),
    "step status": (status) =>
      hintOf("failed", {
        ...failed("exit-code", 0),
        ExecLines: [{ directive: "ExecStartPre", path: "/bin/false", flags: [], status: Number(status) }],
      }),
    unmet: (which) =>
      hintOf(
        "done",
        rawUnit({ ActiveState: "inactive", SubState: "dead", ConditionResult: false, Result: which }),
      ),
    anything: () => hintOf("canceled", rawUnit({ ActiveState: "active", SubState: "running" })),
  };

  test.each(rows)("says what the user reads: %s, %s", (seen = "", sentence) => {
    const kind = Object.keys(hints).find((each) => seen.startsWith(`${each} `)) ?? "";
    expect(hints[kind]?.(seen.slice(kind.length + 1))).toBe(sentence);
  });

  test("has every sentence that a user may read", () => {
    const SENTENCE = /(["`])([A-Z][^"`\n]*\.)\1/g;
    const sentences = Array.from(read("src/units/hint.ts").matchAll(SENTENCE), ([, , sentence = ""]) =>
      sentence.replace(/\$\{[^}]*\}/, "1"),
    );
    expect(sentences.length).toBeGreaterThan(30);
    const listed = new Set(rows.map(([, sentence]) => sentence));
    expect(sentences.filter((sentence) => !listed.has(sentence))).toEqual([]);
  });
});

test("the table of the log's fields lists those of an audit record, and no other", () => {
  const records: Record<string, unknown>[] = [];
  const write = (record: unknown): number => records.push(record as Record<string, unknown>);
  const log = { info: write, warn: write } as unknown as Log;
  const subject = {
    peerUid: 990,
    peerPid: 1,
    peerUnit: null,
    method: "start",
    requestId: "1",
    template: null,
    user: "zoe",
    server: "",
    policyHash: "",
  };
  const audit = new Audit(log, log, () => undefined);
  audit.begin(subject, { decision: "allowed", reason: null, rule: "hub", unit: "x.service" })("ok");
  audit.refused(subject, { decision: "refused", reason: "target-unknown", rule: null, unit: null }, 1);
  // What the log adds to every line.
  const fields = new Set(["level", "time", ...records.flatMap((record) => Object.keys(record))]);
  const rows = tableOf(sectionOf(text, "## The log"), "field", "");
  expect(rows.map(([field = ""]) => codesIn(field)[0]).sort()).toEqual([...fields].sort());
});
