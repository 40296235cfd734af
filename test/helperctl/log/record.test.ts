import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseLogEntry } from "../../../src/helperctl/log/entry.ts";
import { parseRecord } from "../../../src/helperctl/log/record.ts";
import { allowed, begun, journalLine, refused } from "./records.ts";

describe("a record", () => {
  test.each([
    ["of a verb that is begun", begun()],
    ["of a verb that was carried out", allowed()],
    ["of a refusal, with a name that is JSON's own", refused({ user: "__proto__", template: null })],
    ["with members that are not known here", { ...allowed(), level: 30, more: { x: [1] } }],
  ])("%s is read just as it was written", (_, record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
  });

  const short = { ...allowed(), durationMs: undefined };

  test.each<[string, unknown]>([
    ["no object", [allowed()]],
    ["another event", { ...allowed(), event: "policy-loaded" }],
    ["an event that is a list", { ...allowed(), event: ["audit"] }],
    ["no duration", short],
    ["a duration that is a text", { ...allowed(), durationMs: "42" }],
    ["a peer that is a text", { ...allowed(), peerUid: "0" }],
    ["a user that is an object", { ...begun(), user: { toString: 1 } }],
    ["a decision that is none", { ...allowed(), decision: "perhaps" }],
    ["a time that is none", { ...begun(), time: "yesterday" }],
    ["a time that there is not", { ...begun(), time: "2030-01-02T29:99:99.000Z" }],
    ["a request id that is an object", { ...begun(), requestId: {} }],
  ])("is not a line with %s", (_name, value) => {
    expect(parseRecord(JSON.stringify(value))).toBeNull();
  });

  test("is not a line that is no JSON", () => {
    expect(parseRecord("Warning: disabling flag --expose_wasm")).toBeNull();
    expect(parseRecord('{"event":"audit"')).toBeNull();
  });

  test("is read or passed over, whatever the line is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .dictionary(fc.constantFrom(...Object.keys(allowed())), fc.jsonValue())
            .map((each) => JSON.stringify({ ...allowed(), ...each })),
        ),
        (line) => {
          const record = parseRecord(line);
          if (record !== null) expect(record).toEqual(JSON.parse(line));
        },
      ),
    );
  });
});

describe("an entry of the journal", () => {
  test("says which run of the helper wrote it, and where it stands", () => {
    expect(parseLogEntry(journalLine(begun(), "ab", "s=7"))).toEqual({
      cursor: "s=7",
      invocation: "ab",
      record: begun(),
    });
  });

  test.each([
    ["a text", "no record"],
    ["bytes", [0x7b, 0x1b]],
    ["nothing, being too long", null],
  ])("may hold %s instead of a record", (_, message) => {
    const line = JSON.stringify({ __CURSOR: "s=1", _SYSTEMD_INVOCATION_ID: "aa", MESSAGE: message });
    expect(parseLogEntry(line)).toEqual({ cursor: "s=1", invocation: "aa", record: null });
  });

  test("is nothing when journalctl was ended in the middle of it", () => {
    expect(parseLogEntry(journalLine(begun()).slice(0, 40))).toBeNull();
    expect(parseLogEntry("7")).toBeNull();
  });
});
