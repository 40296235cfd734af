import { describe, expect, test } from "@jest/globals";
import { displayWidth } from "../../../src/helperctl/columns.ts";
import { renderDecision } from "../../../src/helperctl/log/line.ts";
import { localTime } from "../../../src/helperctl/log/local-time.ts";
import type { Decision } from "../../../src/helperctl/log/pairing.ts";
import type { AuditRecord } from "../../../src/helperctl/log/record.ts";
import type { Screen } from "../../../src/helperctl/screen.ts";
import { PLAIN } from "../../../src/helperctl/screen.ts";
import { ACTED_ON, HOSTILE, TERMINAL } from "../support.ts";
import { allowed, begun, refused } from "./records.ts";

const WHEN = new Date(2030, 0, 2, 3, 4, 5);
const NOW = WHEN.getTime() + 60_000;

function lineOf(
  record: AuditRecord,
  screen: Screen = PLAIN,
  { fate = "ended", peerName = "jupyter" }: { fate?: Decision["fate"]; peerName?: string | null } = {},
): string {
  return renderDecision({ record: { ...record, time: WHEN.toISOString() }, fate, peerName }, NOW, screen);
}

const narrow = (columns: number): Screen => ({ columns, colour: false });

describe("a line of the log", () => {
  test("says when, the verdict, who asked, for what, what came of it and by which rule", () => {
    expect(lineOf(allowed({ server: "gpu" }))).toBe(
      "03:04:05  allowed  jupyter (990) in hub.service start zoe/gpu (singleuser): ok after 42 ms, by rule hub\n",
    );
  });

  test("says in words why something was refused", () => {
    expect(lineOf(refused())).toBe(
      "03:04:05  refused  jupyter (990) in hub.service start zoe (singleuser): no rule is for this user [target-not-eligible]\n",
    );
    expect(lineOf(refused({ reason: "of a newer helper" }))).toContain(": of a newer helper [");
  });

  test("says that nobody knows what came of a verb during which the helper ended", () => {
    expect(lineOf(begun(), PLAIN, { fate: "lost" })).toBe(
      "03:04:05  allowed  jupyter (990) in hub.service start zoe (singleuser): begun, outcome unknown: the helper ended meanwhile, by rule hub\n",
    );
    expect(lineOf(begun(), PLAIN, { fate: "under-way" })).toContain(": under way, by rule hub\n");
  });

  test("does without what is not known", () => {
    expect(lineOf(refused({ peerUnit: null, user: null, server: null, template: null }))).toContain(
      "jupyter (990) start: ",
    );
    expect(lineOf(refused({ peerUnit: null }), PLAIN, { peerName: null })).toContain("  uid 990 start zoe");
    expect(lineOf(refused({ peerUid: null, peerUnit: null }))).toContain("  somebody unknown start zoe");
  });

  test("leaves out what matters least where the terminal is narrow, and then is cut", () => {
    expect(lineOf(allowed(), narrow(90))).toBe(
      "03:04:05  allowed  jupyter (990) in hub.service start zoe: ok after 42 ms, by rule hub\n",
    );
    expect(lineOf(allowed(), narrow(80))).toBe(
      "03:04:05  allowed  jupyter (990) start zoe: ok after 42 ms, by rule hub\n",
    );
    expect(lineOf(begun(), narrow(80), { fate: "lost" })).toBe(
      "03:04:05  allowed  jupyter (990) start zoe: begun, outcome unknown, by rule hub\n",
    );
    expect(lineOf(refused(), narrow(40))).toBe("03:04:05  refused  jupyter start zoe: n…\n");
  });

  test("has colours by verdict", () => {
    expect(lineOf(allowed(), TERMINAL)).toContain("\u001b[32mallowed");
    expect(lineOf(refused(), TERMINAL)).toContain("\u001b[31mrefused");
  });

  test.each([20, 80, 120])("is never wider than a terminal of %d columns, whatever is in it", (columns) => {
    const long = "数".repeat(64);
    for (const record of [allowed({ user: long, rule: long }), refused({ method: long, reason: long })]) {
      expect(displayWidth(lineOf(record, narrow(columns)).trimEnd())).toBeLessThanOrEqual(columns);
    }
  });

  test("puts in quotes what could be taken for the rest of the line", () => {
    const forged = refused({ method: "start zoe: ok after 1 ms, by rule hub", user: "a/b" });
    expect(lineOf(forged)).toContain(' "start zoe: ok after 1 ms, by rule hub" "a/b" (');
  });

  test.each([HOSTILE, HOSTILE.repeat(20_000)])("keeps hostile text from the terminal", (text) => {
    const all = { method: text, user: text, server: text, template: text, peerUnit: text };
    const records = [
      refused({ ...all, reason: text }),
      allowed({ ...all, rule: text, outcome: text }),
      begun(all),
    ];
    for (const record of records) {
      const line = lineOf(record, PLAIN, { peerName: text });
      expect(line).not.toMatch(ACTED_ON);
      expect(line.trimEnd()).not.toContain("\n");
    }
  });
});

describe("a time", () => {
  const now = new Date(2030, 5, 15, 12).getTime();

  test.each([
    ["today", new Date(2030, 5, 15, 0, 0, 1), "00:00:01"],
    ["of another day", new Date(2030, 5, 14, 23, 59, 59), "Jun 14 23:59:59"],
    ["of the same day of another month", new Date(2030, 4, 15, 12), "May 15 12:00:00"],
    ["of another year", new Date(2029, 5, 15, 12), "2029-06-15 12:00:00"],
  ])("%s is written so that it can be told from others", (_, time, text) => {
    expect(localTime(time.getTime(), now)).toBe(text);
  });
});
