import { isErrorCode } from "../protocol/errors.ts";
import type { RequestId } from "../protocol/request.ts";
import type { HelperErrorClass } from "./errors.ts";
import { ERROR_CLASSES, HelperError } from "./errors.ts";

/** `error` of a reply, as it arrived. */
export interface ArrivedError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** `error.data` without its `code`; the code is the number's digits where a foreign helper left it out. */
export function splitData(error: ArrivedError): { code: string; details: object } {
  const data = typeof error.data === "object" && error.data !== null ? error.data : {};
  const { code, ...details } = data as { code?: unknown };
  return { code: typeof code === "string" ? code : String(error.code), details };
}

/** The typed error for what the helper answered; a code that a newer helper knows gives a plain HelperError. */
export function errorFromWire(error: ArrivedError, id: RequestId): HelperError {
  const { code, details } = splitData(error);
  if (!isErrorCode(code)) return new HelperError(code, id, details, error.message);
  const Class = ERROR_CLASSES[code] as HelperErrorClass<typeof code>;
  return new Class(id, details, { message: error.message });
}
