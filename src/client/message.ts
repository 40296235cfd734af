import type { RequestId } from "../protocol/request.ts";
import type { NotificationName, Notifications, Results } from "../protocol/results.ts";
import type { ArrivedError } from "./wire-error.ts";

/** What one frame from the helper turned out to be. `id` is null where the helper could not read ours. */
export type Message =
  | { readonly kind: "result"; readonly id: RequestId; readonly result: unknown }
  | { readonly kind: "error"; readonly id: RequestId | null; readonly error: ArrivedError }
  | NotificationMessage
  | { readonly kind: "ignored" }
  | { readonly kind: "malformed"; readonly problem: string };

export type NotificationMessage = {
  readonly [Method in NotificationName]: {
    readonly kind: "notification";
    readonly method: Method;
    readonly params: Notifications[Method];
  };
}[NotificationName];

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isError = (value: unknown): value is ArrivedError =>
  isObject(value) && typeof value["code"] === "number" && typeof value["message"] === "string";

const malformed = (problem: string): Message => ({ kind: "malformed", problem });

/** Reads one frame from the helper. */
export function readMessage(bytes: Uint8Array): Message {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return malformed("a line that is not JSON in UTF-8");
  }
  if (!isObject(value)) return malformed("a line that is not an object");
  const { id, method, result, error } = value;
  if (typeof method === "string") return readNotification(method, value["params"]);
  if (isError(error) && (id === null || isId(id))) return { kind: "error", id, error };
  if (error === undefined && result !== undefined && isId(id)) return { kind: "result", id, result };
  return malformed("an object that is neither a reply nor a notification");
}

const isUnit = (unit: unknown): boolean => isObject(unit) && typeof unit["unit"] === "string";
const areUnits = (units: unknown): boolean => Array.isArray(units) && units.every(isUnit);

/** Whether this is the beginning of a subscription. */
export const isSnapshot = (result: unknown): result is Results["watch"] =>
  isObject(result) && typeof result["subscription"] === "string" && areUnits(result["units"]);

const NOTIFICATIONS: { readonly [Method in NotificationName]: (params: Record<string, unknown>) => boolean } =
  {
    "unit-changed": ({ unit }) => isUnit(unit),
    "watch-overflow": ({ units }) => areUnits(units),
    "watch-ended": () => true,
  };

// What this client does not know, a newer helper may send: it is no fault.
function readNotification(method: string, params: unknown): Message {
  if (!Object.hasOwn(NOTIFICATIONS, method)) return { kind: "ignored" };
  const isRight = NOTIFICATIONS[method as NotificationName];
  return isObject(params) && typeof params["subscription"] === "string" && isRight(params)
    ? ({ kind: "notification", method, params } as unknown as NotificationMessage)
    : malformed(`a notification ${method} without its members`);
}

const isId = (id: unknown): id is RequestId => typeof id === "string" || typeof id === "number";
