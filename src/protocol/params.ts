import * as v from "valibot";
import { ProtocolError } from "./errors.ts";

type Entries = v.ObjectEntries;

/** A strict object. Its entries have no prototype: valibot looks names up with `in`, which would know `constructor`. */
export const strict = <const E extends Entries>(entries: E) =>
  v.strictObject(Object.assign(Object.create(null) as object, entries));

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object read as a Map: a name such as `__proto__` is then a name like any other. */
export const mapOf = <T>(value: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isPlainObject, "must be an object"),
    v.transform((object) => new Map(Object.entries(object))),
    v.map(v.string(), value),
  );

const isCanonicalBase64 = (text: string): boolean => Buffer.from(text, "base64").toString("base64") === text;

/** The bytes of one credential file. */
export const fileContent = v.union(
  [
    v.pipe(
      strict({ text: v.string() }),
      v.transform(({ text }) => Buffer.from(text, "utf8")),
    ),
    v.pipe(
      strict({ base64: v.pipe(v.string(), v.check(isCanonicalBase64)) }),
      v.transform(({ base64 }) => Buffer.from(base64, "base64")),
    ),
  ],
  'must be {"text": string} or {"base64": canonical base64}',
);

export const MAX_TIMEOUT_MS = 600_000;
export const DEFAULT_TIMEOUT_MS = 120_000;

const timeoutProblem = `must be an integer from 1 to ${MAX_TIMEOUT_MS}`;

export const timeoutMs = v.optional(
  v.pipe(
    v.number(timeoutProblem),
    v.integer(timeoutProblem),
    v.minValue(1, timeoutProblem),
    v.maxValue(MAX_TIMEOUT_MS, timeoutProblem),
  ),
  DEFAULT_TIMEOUT_MS,
);

/** The members of a target, before the grammar of names is applied: which template is meant comes first. */
export const target = {
  template: v.optional(v.string()),
  user: v.string(),
  server: v.optional(v.string(), ""),
};

/** The members that narrow `list` and `watch`. */
export const filter = {
  template: v.optional(v.string()),
  user: v.optional(v.string()),
};

/** Finds the first string, name or value, that holds a NUL or a lone surrogate. */
function findBadString(value: unknown, path: string): string | null {
  if (typeof value === "string") return isCleanString(value) ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (!isCleanString(name)) return path;
    const found = findBadString(member, path === "" ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

const isCleanString = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

/** What a problem's path may show of names that the peer made up. */
const PATH_CHARACTERS = 200;

const invalid = (path: string, problem: string): ProtocolError =>
  new ProtocolError("invalid-params", { path: path.slice(0, PATH_CHARACTERS).toWellFormed(), problem });

const kinds: Partial<Record<string, string>> = {
  strict_object: "is not a member here",
  string: "must be a string",
};

const describeIssue = (issue: v.BaseIssue<unknown>): string => {
  if (issue.type === "strict_object" && issue.expected !== "never") {
    return issue.received === "undefined" ? "is missing" : "must be an object";
  }
  return kinds[issue.type] ?? issue.message;
};

/**
 * Judges the params of a request by its method's schema.
 * @param duplicate the path, from the root of the request, of a name that stands twice
 * @throws ProtocolError `invalid-params`, with the first problem
 */
export function parseParams<T>(
  schema: v.GenericSchema<unknown, T>,
  params: unknown,
  duplicate: string | null,
): T {
  if (duplicate !== null) throw invalid(duplicate.replace(/^params\./, ""), "stands twice in one object");
  if (Array.isArray(params)) throw invalid("", "must be an object, not an array");
  const bad = findBadString(params, "");
  if (bad !== null) throw invalid(bad, "holds a NUL or a lone surrogate");
  const parsed = v.safeParse(schema, params ?? {}, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw invalid(v.getDotPath(issue) ?? "", describeIssue(issue));
}
