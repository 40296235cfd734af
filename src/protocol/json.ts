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
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  try {
    const text = utf8.decode(bytes);
    const excess = findExcess(text);
    if (excess !== null) return { ok: false, problem: excess };
    const value: unknown = JSON.parse(text);
    return { ok: true, value, duplicate: findDuplicate(text) };
  } catch {
    return { ok: false, problem: "syntax" };
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * The index of the quote that ends the string beginning at `start`, or the text's length where none does.
 * Hand-made and linear: a regular expression retries from every quote of a hostile text.
 */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === BACKSLASH) at++;
    else if (char === QUOTE) return at;
  }
  return text.length;
}

/** Finds what makes a text too costly to read. Judged before JSON.parse, on a text that need not be JSON. */
function findExcess(text: string): "depth" | "members" | null {
  let depth = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = endOfString(text, at);
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return "depth";
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--;
    else if (char === COMMA && ++commas >= MAX_MEMBERS) return "members";
  }
  return null;
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

const COLON = /\s*:/y;

/** `text` is known to be JSON, so a string that a colon follows is a member name. */
function findDuplicate(text: string): string | null {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === OPEN_BRACE) levels.push({ names: new Set(), name: "" });
    else if (char === OPEN_BRACKET) levels.push({ names: null, name: "" });
    else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) levels.pop();
    else if (char === QUOTE) {
      const end = endOfString(text, at);
      const level = levels.at(-1);
      COLON.lastIndex = end + 1;
      if (level?.names && COLON.test(text)) {
        level.name = JSON.parse(text.slice(at, end + 1)) as string;
        if (level.names.has(level.name)) return dottedPath(levels);
        level.names.add(level.name);
      }
      at = end;
    }
  }
  return null;
}
