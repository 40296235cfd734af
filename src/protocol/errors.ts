import type { UnitState } from "./unit-state.ts";

/** The members that `error.data` carries beside `code`, for each code. */
export interface ErrorDetails {
  "parse-error": object;
  "invalid-request": { problem: string };
  "unknown-method": object;
  "invalid-params": { path: string; problem: string };
  internal: { incident: string };
  denied: object;
  "unit-not-found": { unit: string };
  "unit-refused": { unit: string; problem: string };
  "job-failed": { unit: string; jobResult: string; state: UnitState; hint: string };
  "job-timeout": { unit: string; afterMs: number };
  "too-large": { limit: number };
  "credentials-refused": { name: string; problem: string };
  busy: { retryAfterMs: number };
  unavailable: { problem: string; outcome: "none" | "unknown" };
  interrupted: { unit: string };
}

export type ErrorCode = keyof ErrorDetails;

interface ErrorRow<Code extends ErrorCode> {
  /** The JSON-RPC error number: stable. */
  number: number;
  /** Names of the members of `error.data` beside `code`. */
  data: readonly (keyof ErrorDetails[Code] & string)[];
  /** The sentence for a person. */
  message: (details: ErrorDetails[Code]) => string;
}

const nothing = [] as const;

/** Every error of the protocol. docs/protocol.md is held against this table by a test. */
export const ERRORS: { readonly [Code in ErrorCode]: ErrorRow<Code> } = {
  "parse-error": {
    number: -32700,
    data: nothing,
    message: () => "The frame is not one line of JSON in UTF-8.",
  },
  "invalid-request": {
    number: -32600,
    data: ["problem"],
    message: (e) => `This is not a request: ${e.problem}.`,
  },
  "unknown-method": { number: -32601, data: nothing, message: () => "There is no method of that name." },
  "invalid-params": {
    number: -32602,
    data: ["path", "problem"],
    message: (e) => `The params are not right: ${e.path === "" ? "" : `${e.path}: `}${e.problem}.`,
  },
  internal: {
    number: -32603,
    data: ["incident"],
    message: (e) => `The helper failed; its log has the details under incident ${e.incident}.`,
  },
  denied: { number: -32000, data: nothing, message: () => "The policy does not allow this." },
  "unit-not-found": {
    number: -32001,
    data: ["unit"],
    message: (e) => `There is no unit file for ${e.unit}.`,
  },
  "unit-refused": {
    number: -32002,
    data: ["unit", "problem"],
    message: (e) => `${e.unit} is not what the policy says: ${e.problem}.`,
  },
  "job-failed": { number: -32003, data: ["unit", "jobResult", "state", "hint"], message: (e) => e.hint },
  "job-timeout": {
    number: -32004,
    data: ["unit", "afterMs"],
    message: (e) => `${e.unit} was not done after ${e.afterMs} ms; systemd goes on with it.`,
  },
  "too-large": {
    number: -32005,
    data: ["limit"],
    message: (e) => `The frame is longer than ${e.limit} bytes.`,
  },
  "credentials-refused": {
    number: -32006,
    data: ["name", "problem"],
    message: (e) => `The credential ${e.name} is refused: ${e.problem}. Nothing was written.`,
  },
  busy: {
    number: -32007,
    data: ["retryAfterMs"],
    message: (e) => `Too much at once; nothing was done. Try again in ${e.retryAfterMs} ms.`,
  },
  unavailable: {
    number: -32008,
    data: ["problem", "outcome"],
    message: (e) =>
      e.outcome === "none"
        ? `The helper cannot do this now (${e.problem}); nothing was done.`
        : `The helper lost sight of this (${e.problem}); it may or may not have been done.`,
  },
  interrupted: {
    number: -32009,
    data: ["unit"],
    message: (e) => `Another job for ${e.unit} replaced or cancelled this one.`,
  },
};

/** `error` of a JSON-RPC response. */
export interface WireError {
  code: number;
  message: string;
  data: { code: ErrorCode } & Record<string, unknown>;
}

/** An error from the table, on its way to a peer or just arrived from the helper. */
export class ProtocolError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "ProtocolError";
  readonly code: Code;
  readonly details: ErrorDetails[Code];

  constructor(code: Code, details: ErrorDetails[Code], options?: ErrorOptions) {
    super(ERRORS[code].message(details), options);
    this.code = code;
    this.details = details;
  }

  toWire(): WireError {
    return {
      code: ERRORS[this.code].number,
      message: this.message,
      data: { code: this.code, ...this.details },
    };
  }
}

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(ERRORS, code);
