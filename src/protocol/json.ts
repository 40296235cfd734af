/** The deepest nesting that is read. */
export const MAX_DEPTH = 16;
/** The most members and elements that are read: a frame of nothing but commas would cost twenty times its size. */
export const MAX_MEMBERS = 4096;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown; readonly duplicate: string | null }
  | { readonly ok: false; readonly problem: "syntax" | "depth" | "members" };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads one JSON text strictly. `duplicate` is the dotted path of the first member name that stands twice in
 * one object, or null: RFC 8259 leaves such names to the reader, and two readers that differ can be played off
 * against each other.
 *
 * The daemon runs without a JIT, and anybody can send a frame of half a megabyte: what is done for each character
 * is left to the engine's own functions.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  try {
    const text = utf8.decode(bytes);
    const shape = shapeOf(text);
    if (typeof shape === "string") return { ok: false, problem: shape };
    const value: unknown = JSON.parse(text);
    return { ok: true, value, duplicate: countNames(value) < shape.names ? findDuplicate(text) : null };
  } catch {
    return { ok: false, problem: "syntax" };
  }
}

/** From a quote to the end of its string, and on to the colon that makes it a member name. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*(:))?/sy;
const NEXT = /["{}[\],:]/g;

/** Counts the member names of a text, which need not be JSON; or says what makes it too costly to read. */
function shapeOf(text: string): { readonly names: number } | "syntax" | "depth" | "members" {
  let depth = 0;
  let members = 0;
  let names = 0;
  let strings = 0;
  NEXT.lastIndex = 0;
  while (NEXT.test(text)) {
    const char = text.charAt(NEXT.lastIndex - 1);
    if (char === '"') {
      STRING.lastIndex = NEXT.lastIndex - 1;
      if (!STRING.test(text)) return "syntax";
      NEXT.lastIndex = STRING.lastIndex;
      if (text.charAt(STRING.lastIndex - 1) === ":") names++;
      strings++;
    } else if (char === ",") members++;
    else if (char === "{" || char === "[") {
      members++;
      if (++depth > MAX_DEPTH) return "depth";
    } else if (char === ":" || --depth < 0) return "syntax";
    // A member has a name and at most one string more.
    if (members > MAX_MEMBERS || strings > 2 * MAX_MEMBERS + 1) return "members";
  }
  return { names };
}

/** How many member names a value has, at every level. */
function countNames(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const members = Object.values(value);
  let names = Array.isArray(value) ? 0 : members.length;
  for (const member of members) names += countNames(member);
  return names;
}

/** An object or array that we are inside of. */
interface Level {
  /** Member names seen so far; null in an array. */
  readonly names: Set<string> | null;
  /** The member we are at. */
  name: string;
}

const dottedPath = (levels: readonly Level[]): string =>
  levels.flatMap(({ names, name }) => (names === null ? [] : [name])).join(".");

/** `text` is known to be JSON, and its members are known to be few. */
function findDuplicate(text: string): string | null {
  const levels: Level[] = [];
  NEXT.lastIndex = 0;
  while (NEXT.test(text)) {
    const at = NEXT.lastIndex - 1;
    const char = text.charAt(at);
    if (char === "{") levels.push({ names: new Set(), name: "" });
    else if (char === "[") levels.push({ names: null, name: "" });
    else if (char === "}" || char === "]") levels.pop();
    else if (char === '"') {
      STRING.lastIndex = at;
      const [found = "", colon] = STRING.exec(text) ?? [];
      const level = levels.at(-1);
      if (level?.names && colon !== undefined) {
        level.name = JSON.parse(found.slice(0, -1)) as string;
        if (level.names.has(level.name)) return dottedPath(levels);
        level.names.add(level.name);
      }
      NEXT.lastIndex = at + Math.max(1, found.length);
    }
  }
  return null;
}
