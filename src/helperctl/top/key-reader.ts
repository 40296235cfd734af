/** A key by its name, or text: one character typed, or several pasted. */
export type Key =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "text"; readonly text: string; readonly pasted: boolean };

/** What terminals send: console_codes(4), and xterm's ctlseqs, "PC-Style Function Keys". */
const SEQUENCES: Readonly<Partial<Record<string, string>>> = {
  "[A": "up",
  "[B": "down",
  "[H": "home",
  "[F": "end",
  OA: "up",
  OB: "down",
  OH: "home",
  OF: "end",
  "[1~": "home",
  "[4~": "end",
  "[5~": "pageup",
  "[6~": "pagedown",
  "[7~": "home",
  "[8~": "end",
};
const CONTROLS: Readonly<Partial<Record<string, string>>> = {
  "\r": "enter",
  "\n": "enter",
  "\b": "backspace",
  "\u007f": "backspace",
  "\u0003": "ctrl-c",
  "\f": "ctrl-l",
  "\u0015": "ctrl-u",
  "\u001a": "ctrl-z",
};

const ESCAPE = "\u001b";
const PASTE_BEGIN = "[200~";
const PASTE_END = `${ESCAPE}[201~`;
/** A sequence: CSI with parameters, intermediates and a final byte (ECMA-48, 5.4), or SS3 and one byte. */
const WHOLE = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/;
const BEGUN = /^(?:\[[0-?]*[ -/]*|O)?$/;
/** No key is as long. Whoever sends more sends no keys. */
const LONGEST_SEQUENCE = 32;
const LONGEST_PASTE = 1_000;

const CONTROL = /[\p{C}\p{Zl}\p{Zp}]/u;
const named = (name: string): Key => ({ kind: "named", name });
const printable = (text: string): string =>
  Array.from(text)
    .filter((char) => !CONTROL.test(char))
    .join("");

/** Makes keys of the bytes that a terminal sends, however they are cut into pieces. */
export class KeyReader {
  readonly #decoder = new TextDecoder();
  #rest = "";
  #pasted: string | null = null;

  /** Whether what has come might be the beginning of more; if nothing follows soon, it was Escape: see `settle`. */
  get isWaiting(): boolean {
    return this.#pasted === null && this.#rest !== "";
  }

  push(bytes: Uint8Array): Key[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (;;) {
      const key = this.#pasted === null ? this.#take() : this.#takePasted(this.#pasted);
      if (key === null) return keys;
      keys.push(...key);
    }
  }

  /** Nothing followed: an Escape that came alone is the key, and a sequence that broke off is none. */
  settle(): Key[] {
    const isEscape = this.#rest === ESCAPE;
    if (this.#pasted === null) this.#rest = "";
    return isEscape ? [named("escape")] : [];
  }

  /** Null: more must come first. */
  #take(): Key[] | null {
    const [first] = this.#rest;
    if (first === undefined) return null;
    if (first === ESCAPE) return this.#takeSequence(this.#rest.slice(1));
    const char = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
    this.#rest = this.#rest.slice(char.length);
    const name = CONTROLS[char];
    if (name !== undefined) return [named(name)];
    return CONTROL.test(char) ? [] : [{ kind: "text", text: char, pasted: false }];
  }

  #takeSequence(after: string): Key[] | null {
    const [sequence] = WHOLE.exec(after) ?? [];
    if (sequence === undefined) {
      const isBegun = BEGUN.test(after);
      if (isBegun && after.length < LONGEST_SEQUENCE) return null;
      // What goes on for too long is dropped; Escape and something else are two keys that were pressed quickly.
      this.#rest = isBegun ? "" : after;
      return isBegun ? [] : [named("escape")];
    }
    this.#rest = after.slice(sequence.length);
    if (sequence === PASTE_BEGIN) this.#pasted = "";
    const name = SEQUENCES[sequence];
    return name === undefined ? [] : [named(name)];
  }

  #takePasted(before: string): Key[] | null {
    const all = before + this.#rest;
    const end = all.indexOf(PASTE_END);
    if (end === -1) {
      // The end may be cut in two, so its beginning must not be thrown away.
      const tail = all.slice(-PASTE_END.length);
      this.#pasted = all.slice(0, Math.min(all.length - tail.length, LONGEST_PASTE));
      this.#rest = tail;
      return null;
    }
    this.#pasted = null;
    this.#rest = all.slice(end + PASTE_END.length);
    const text = printable(all.slice(0, Math.min(end, LONGEST_PASTE)));
    return text === "" ? [] : [{ kind: "text", text, pasted: true }];
  }
}
