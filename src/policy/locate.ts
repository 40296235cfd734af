import { parse } from "smol-toml";
import type { Place } from "./types.ts";

export type KeyPath = readonly (string | number)[];

export type Spot = Omit<Place, "file">;

/** Where each key and each element of a TOML text begins. */
export interface Places {
  /** The spot of a path, or of the longest beginning of it that stands in the text. */
  find(path: KeyPath): Spot;
  /** Whether the path itself stands in the text. */
  has(path: KeyPath): boolean;
}

const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;
const SPACE = /[ \t]*/y;
const KEY_PART = /"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+/y;
// Three quotes end a long string, and up to two more that follow them are its last characters.
const STRING = /"""(?:\\[^]|[^\\])*?"""+|'''[^]*?'''+|"(?:\\.|[^"\\])*"|'[^']*'/y;
const SCALAR = /[^,\]}#\n]*/y;

const idOf = (path: KeyPath): string => JSON.stringify(path);

/** A quoted key's own characters. The parser of the values reads it, so that the two agree. */
const unquote = (key: string): string => (/^["']/.test(key) ? (parse(`key = ${key}`)["key"] as string) : key);

/**
 * Walks a TOML text that is already known to be valid. A key that several headers or dotted keys share has the spot
 * of the first; an element of an array of tables has that of its `[[`.
 */
class Walk {
  readonly spots = new Map<string, Spot>();
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #counted = 0;
  /** How many elements each array of tables has so far. */
  readonly #elements = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
    let table: KeyPath = [];
    if (text.startsWith("\ufeff")) this.#at = 1;
    for (this.#skip(BLANK); this.#at < text.length; this.#skip(BLANK)) {
      if (this.#next() === "[") table = this.#header();
      else this.#keyAndValue(table);
    }
  }

  #next(): string | undefined {
    return this.#text[this.#at];
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  /** Where we are. We only ever move on, so counting lines costs one pass over the text in all. */
  #spot(): Spot {
    for (; this.#counted < this.#at; this.#counted++) {
      if (this.#text[this.#counted] !== "\n") continue;
      this.#line++;
      this.#lineStart = this.#counted + 1;
    }
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #note(path: KeyPath, spot: Spot): void {
    const id = idOf(path);
    if (!this.spots.has(id)) this.spots.set(id, spot);
  }

  /** Reads `a . "b" . c`. `enter` says where the path goes on below a part that is not the last. */
  #key(from: KeyPath, enter: (path: KeyPath) => KeyPath): KeyPath {
    for (let path = from; ; this.#at++, path = enter(path)) {
      this.#skip(SPACE);
      const spot = this.#spot();
      path = [...path, unquote(this.#skip(KEY_PART))];
      this.#note(path, spot);
      this.#skip(SPACE);
      if (this.#next() !== ".") return path;
    }
  }

  /** A header that goes through an array of tables means the array's latest element. */
  readonly #latest = (path: KeyPath): KeyPath => {
    const count = this.#elements.get(idOf(path));
    return count === undefined ? path : [...path, count - 1];
  };

  #header(): KeyPath {
    const spot = this.#spot();
    const brackets = this.#text.startsWith("[[", this.#at) ? 2 : 1;
    this.#at += brackets;
    const path = this.#key([], this.#latest);
    this.#at += brackets;
    if (brackets === 1) return path;
    this.#elements.set(idOf(path), (this.#elements.get(idOf(path)) ?? 0) + 1);
    const element = this.#latest(path);
    this.#note(element, spot);
    return element;
  }

  #keyAndValue(table: KeyPath): void {
    const path = this.#key(table, (prefix) => prefix);
    this.#at++;
    this.#skip(SPACE);
    this.#value(path);
  }

  #value(path: KeyPath): void {
    if (this.#next() === "[") this.#list("]", (at) => this.#element([...path, at]));
    else if (this.#next() === "{") this.#list("}", () => this.#keyAndValue(path));
    else if (this.#skip(STRING) === "") this.#skip(SCALAR);
  }

  #element(path: KeyPath): void {
    this.#note(path, this.#spot());
    this.#value(path);
  }

  #list(end: string, read: (at: number) => void): void {
    this.#at++;
    this.#skip(BLANK);
    for (let at = 0; this.#next() !== end; at++) {
      read(at);
      this.#skip(BLANK);
      if (this.#next() === ",") this.#at++;
      this.#skip(BLANK);
    }
    this.#at++;
  }
}

/** Finds where everything stands in a valid TOML text. */
export function locate(text: string): Places {
  const { spots } = new Walk(text);
  const find = (path: KeyPath): Spot =>
    spots.get(idOf(path)) ?? (path.length === 0 ? { line: 1, column: 1 } : find(path.slice(0, -1)));
  return { find, has: (path) => spots.has(idOf(path)) };
}
