import { describe, expect, test } from "@jest/globals";
import { ERRORS, ProtocolError, isErrorCode } from "../../src/protocol/errors.ts";
import type { ErrorCode, ErrorDetails } from "../../src/protocol/errors.ts";
import type { UnitState } from "../../src/protocol/unit-state.ts";

const state: UnitState = {
  unit: "u.service",
  template: "t",
  user: "zoe",
  server: "",
  loadState: "loaded",
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  statusText: null,
  mainPid: null,
  execMainCode: 1,
  execMainStatus: 203,
  nRestarts: 0,
  invocationId: null,
  activeSince: null,
  memoryBytes: null,
  tasks: null,
  cpuSeconds: null,
  needDaemonReload: false,
  credentials: [],
};

/** One of each, with its number. */
const EXAMPLES: { readonly [Code in ErrorCode]: readonly [number, ErrorDetails[Code]] } = {
  "parse-error": [-32700, {}],
  "invalid-request": [-32600, { problem: "a batch" }],
  "unknown-method": [-32601, {}],
  "invalid-params": [-32602, { path: "user", problem: "is missing" }],
  internal: [-32603, { incident: "c0ffee" }],
  denied: [-32000, {}],
  "unit-not-found": [-32001, { unit: "u.service" }],
  "unit-refused": [-32002, { unit: "u.service", problem: "it runs as root" }],
  "job-failed": [-32003, { unit: "u.service", jobResult: "failed", state, hint: "It could not be run." }],
  "job-timeout": [-32004, { unit: "u.service", afterMs: 5000 }],
  "too-large": [-32005, { limit: 524288 }],
  "credentials-refused": [-32006, { name: "PATH", problem: "it is not in the policy" }],
  busy: [-32007, { retryAfterMs: 50 }],
  unavailable: [-32008, { problem: "policy", outcome: "none" }],
  interrupted: [-32009, { unit: "u.service" }],
};

const codes = Object.keys(ERRORS) as ErrorCode[];

describe("the table of errors", () => {
  test("gives each code a number of its own, which never changes", () => {
    expect(Object.fromEntries(codes.map((code) => [code, ERRORS[code].number]))).toEqual(
      Object.fromEntries(codes.map((code) => [code, EXAMPLES[code][0]])),
    );
    expect(new Set(codes.map((code) => ERRORS[code].number)).size).toBe(codes.length);
    expect(Object.keys(EXAMPLES).sort()).toEqual([...codes].sort());
  });

  test.each(codes)("says what %s carries, and a sentence for a person", (code) => {
    const [number, details] = EXAMPLES[code];
    const wire = new ProtocolError(code, details).toWire();
    expect(wire).toEqual({ code: number, message: wire.message, data: { code, ...details } });
    expect([...ERRORS[code].data].sort()).toEqual(Object.keys(details).sort());
    expect(wire.message).toMatch(/^\S.*\.$/);
  });

  test("tells its codes from the names that every object has", () => {
    expect(isErrorCode("denied")).toBe(true);
    expect(["constructor", "__proto__", "toString", "", 1, null].some(isErrorCode)).toBe(false);
  });
});

test("denied is the same whatever the cause, byte for byte", () => {
  const one = new ProtocolError("denied", {}, { cause: new Error("no such user") });
  const other = new ProtocolError("denied", {});
  expect(JSON.stringify(one.toWire())).toBe(JSON.stringify(other.toWire()));
});

test("where the outcome is unknown, the sentence does not say that nothing was done", () => {
  const unknown = new ProtocolError("unavailable", { problem: "systemd", outcome: "unknown" });
  expect(unknown.message).toMatch(/may or may not/);
});
