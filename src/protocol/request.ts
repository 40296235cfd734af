import { ProtocolError } from "./errors.ts";
import { isRequestId, MAX_ID_CHARACTERS, type RequestId } from "./request-id.ts";
import { MAX_DEPTH, MAX_MEMBERS, parseJson } from "./json.ts";

export type { RequestId };

/** A well-formed JSON-RPC request. Whether the method exists and the params fit it is decided later. */
export interface Request {
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
  /** The path of a member name that stands twice in one object, or null. */
  readonly duplicate: string | null;
}

/** What one frame turned out to be. An error ends the connection: what follows it may be somebody else's bytes. */
export type Incoming =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "notification" }
  | { readonly kind: "error"; readonly error: ProtocolError };

const EXCESS = {
  depth: `nested deeper than ${MAX_DEPTH}`,
  members: `it has more than ${MAX_MEMBERS} members and elements`,
};

const MEMBERS = new Set(["jsonrpc", "id", "method", "params"]);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Tells what is wrong with the shape of a request, or null. */
function problemOf(value: Record<string, unknown>): string | null {
  const stray = Object.keys(value).find((name) => !MEMBERS.has(name));
  if (stray !== undefined) return "it has a member that is not jsonrpc, id, method or params";
  if (value["jsonrpc"] !== "2.0") return 'jsonrpc must be "2.0"';
  if (Object.hasOwn(value, "id") && !isRequestId(value["id"]))
    return `id must be a string of at most ${MAX_ID_CHARACTERS} characters or an integer`;
  if (typeof value["method"] !== "string") return "method must be a string";
  const params = value["params"];
  if (params !== undefined && (typeof params !== "object" || params === null))
    return "params must be an object";
  return null;
}

/** Reads one frame as a request. */
export function parseRequest(frame: Uint8Array): Incoming {
  const json = parseJson(frame);
  if (!json.ok) {
    return json.problem === "syntax"
      ? { kind: "error", error: new ProtocolError("parse-error", {}) }
      : refuse(EXCESS[json.problem]);
  }
  const { value } = json;
  if (Array.isArray(value)) return refuse("a batch; send one object a line");
  if (!isObject(value)) return refuse("not an object");
  const problem = problemOf(value);
  if (problem !== null) return refuse(problem);
  const id = value["id"];
  if (!isRequestId(id)) return { kind: "notification" };
  return {
    kind: "request",
    request: { id, method: value["method"] as string, params: value["params"], duplicate: json.duplicate },
  };
}

const refuse = (problem: string): Incoming => ({
  kind: "error",
  error: new ProtocolError("invalid-request", { problem }),
});
