import type { ErrorCode, ErrorDetails } from "../protocol/errors.ts";
import { ERRORS } from "../protocol/errors.ts";
import type { RequestId } from "../protocol/request.ts";

/** Whether the helper may have carried the request out: `none` is certain, `unknown` is not. */
export type Outcome = "none" | "unknown";

/** `details` of the errors that arise in the client, by code. No helper sends these codes. */
export interface ClientErrorDetails {
  "cannot-connect": { socketPath: string; reason: string; outcome: Outcome };
  "untrusted-socket": { socketPath: string; component: string; problem: string };
  "connection-lost": { outcome: Outcome };
  "bad-reply": { problem: string; outcome: Outcome };
  timeout: { afterMs: number; outcome: Outcome };
  "client-closed": { outcome: Outcome };
}

export type ClientErrorCode = keyof ClientErrorDetails;
type AllDetails = ErrorDetails & ClientErrorDetails;

/** Every error that a call rejects with, but for an abort's own reason. */
export class HelperError extends Error {
  /** What programs switch on. */
  readonly code: string;
  /** The id of the request, as it stands in the helper's audit record. */
  readonly requestId: RequestId;
  /** What goes with the code: for an error of the helper, `error.data` without its `code`. */
  readonly details: object;

  constructor(code: string, requestId: RequestId, details: object, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.requestId = requestId;
    this.details = details;
  }
}

interface HelperErrorOptions extends ErrorOptions {
  /** In place of the table's sentence. */
  message?: string;
}

/** The error of one code. */
export type HelperErrorOf<Code extends keyof AllDetails> = HelperError & {
  readonly code: Code;
  readonly details: AllDetails[Code];
};

/** The class of one code. */
export type HelperErrorClass<Code extends keyof AllDetails> = new (
  requestId: RequestId,
  details: AllDetails[Code],
  options?: HelperErrorOptions,
) => HelperErrorOf<Code>;

function errorClass<Code extends keyof AllDetails>(
  code: Code,
  name: string,
  describe: (details: AllDetails[Code]) => string,
): HelperErrorClass<Code> {
  const Class = class extends HelperError {
    constructor(requestId: RequestId, details: AllDetails[Code], options: HelperErrorOptions = {}) {
      const cause = "cause" in options ? { cause: options.cause } : {};
      super(code, requestId, details, options.message ?? describe(details), cause);
    }
  };
  // On the prototype, and before there is an instance: the stack's first line is made while constructing.
  for (const owner of [Class, Class.prototype]) Object.defineProperty(owner, "name", { value: name });
  // The constructor's parameters are what makes `code` and `details` of an instance as narrow as this.
  return Class as unknown as HelperErrorClass<Code>;
}

const wireErrorClass = <Code extends ErrorCode>(code: Code, name: string): HelperErrorClass<Code> =>
  errorClass(code, name, ERRORS[code].message as (details: AllDetails[Code]) => string);

/** The class of each code of the protocol's table. */
export const ERROR_CLASSES: { readonly [Code in ErrorCode]: HelperErrorClass<Code> } = {
  "parse-error": wireErrorClass("parse-error", "ParseError"),
  "invalid-request": wireErrorClass("invalid-request", "InvalidRequestError"),
  "unknown-method": wireErrorClass("unknown-method", "UnknownMethodError"),
  "invalid-params": wireErrorClass("invalid-params", "InvalidParamsError"),
  internal: wireErrorClass("internal", "InternalError"),
  denied: wireErrorClass("denied", "DeniedError"),
  "unit-not-found": wireErrorClass("unit-not-found", "UnitNotFoundError"),
  "unit-refused": wireErrorClass("unit-refused", "UnitRefusedError"),
  "job-failed": wireErrorClass("job-failed", "JobFailedError"),
  "job-timeout": wireErrorClass("job-timeout", "JobTimeoutError"),
  "too-large": wireErrorClass("too-large", "TooLargeError"),
  "credentials-refused": wireErrorClass("credentials-refused", "CredentialsRefusedError"),
  busy: wireErrorClass("busy", "BusyError"),
  unavailable: wireErrorClass("unavailable", "UnavailableError"),
  interrupted: wireErrorClass("interrupted", "InterruptedError"),
};

const howItEnded = ({ outcome }: { outcome: Outcome }): string =>
  outcome === "none" ? "Nothing was done." : "The helper may or may not have carried the request out.";

const CONNECT_ADVICE: Partial<Record<string, (path: string) => string>> = {
  ENOENT: (path) =>
    `There is no socket at ${path}. Is hub-helper installed? Then: systemctl enable --now helper.socket.`,
  ECONNREFUSED: (path) => `Nobody listens on ${path}. Try: systemctl restart helper.socket.`,
  EACCES: (path) =>
    `This process may not connect to ${path}. Give its unit SupplementaryGroups=hub-helper, or its account the group hub-helper, and start it anew.`,
};

/** The class of each code that arises in the client. */
export const CLIENT_ERROR_CLASSES: { readonly [Code in ClientErrorCode]: HelperErrorClass<Code> } = {
  "cannot-connect": errorClass("cannot-connect", "ConnectError", (e) => {
    const advice = CONNECT_ADVICE[e.reason]?.(e.socketPath);
    return `${advice ?? `Connecting to ${e.socketPath} failed: ${e.reason}.`} ${howItEnded(e)}`;
  }),
  "untrusted-socket": errorClass(
    "untrusted-socket",
    "UntrustedSocketError",
    (e) => `The socket ${e.socketPath} is not to be trusted: ${e.component} ${e.problem}.`,
  ),
  "connection-lost": errorClass(
    "connection-lost",
    "ConnectionLostError",
    (e) => `The connection to the helper ended before the reply. ${howItEnded(e)}`,
  ),
  "bad-reply": errorClass(
    "bad-reply",
    "BadReplyError",
    (e) => `What came from the helper is not the protocol: ${e.problem}. ${howItEnded(e)}`,
  ),
  timeout: errorClass(
    "timeout",
    "CallTimeoutError",
    (e) => `No reply came within ${e.afterMs} ms. ${howItEnded(e)}`,
  ),
  "client-closed": errorClass(
    "client-closed",
    "ClientClosedError",
    (e) => `The client was closed. ${howItEnded(e)}`,
  ),
};
