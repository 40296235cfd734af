/** Message types: D-Bus specification, "Message Format". */
const METHOD_CALL = 1;
const SIGNAL = 4;
/** Header fields, by their codes. A message has a destination when it is addressed to one connection. */
const PATH = 1;
const MEMBER = 3;
const DESTINATION = 6;
const SENDER = 7;
const FIXED_BYTES = 16;
const LITTLE = 0x6c;
/** Longer fields than PID 1 and the bus ever send. */
const MOST_FIELD_BYTES = 4096;

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

/** A message's header fields by their codes, those that are no text as ""; null where they are not what the bus's own look like. */
function fieldsOf(bytes: Buffer, word: (at: number) => number): Map<number, string> | null {
  const fields = new Map<number, string>();
  for (let at = 0; at < bytes.length;) {
    at = aligned(at, 8);
    const code = bytes[at] ?? 0;
    const signature = String.fromCharCode(bytes[at + 2] ?? 0);
    if (bytes[at + 1] !== 1) return null;
    at += 4;
    fields.set(code, "");
    if (signature === "g") {
      at += (bytes[at] ?? 0) + 2;
      continue;
    }
    at = aligned(at, 4) + 4;
    if (at > bytes.length) return null;
    if (signature === "u") continue;
    if (signature !== "s" && signature !== "o") return null;
    const end = at + word(at - 4);
    fields.set(code, bytes.toString("utf8", at, end));
    at = end + 1;
  }
  return fields;
}

/** That some property of an object has changed. Which ones, and what they are now, is left out. */
export interface Changed {
  readonly sender: string;
  readonly path: string;
}

/**
 * Takes out of the bus's stream what strangers send, before the library takes it apart. Any account may address a
 * signal of megabytes to any connection, and a body that the library cannot read ends the process. What we have
 * asked for is a reply, or a signal of PID 1's or the bus's to everybody who matches it.
 *
 * Signals of changed properties it takes out as well, and says whose they are: a start has some hundred and fifty, and
 * taking apart the properties in them, which nobody looks at, was more than half of the helper's work.
 */
export class Screen {
  readonly #onChanged: (changed: Changed) => void;
  /** The beginning of a message that has yet to be judged. */
  #held = Buffer.alloc(0);
  /** What is left of a message that was. */
  #left = 0;
  #passes = false;

  constructor(onChanged: (changed: Changed) => void) {
    this.#onChanged = onChanged;
  }

  /** @returns what of the bytes may go on */
  take(chunk: Buffer): Buffer {
    const through: Buffer[] = [];
    let rest = Buffer.concat([this.#held, chunk]);
    while (rest.length > 0) {
      if (this.#left === 0 && !this.#judge(rest)) break;
      const part = rest.subarray(0, this.#left);
      if (this.#passes) through.push(part);
      this.#left -= part.length;
      rest = rest.subarray(part.length);
    }
    this.#held = Buffer.from(rest);
    return Buffer.concat(through);
  }

  /** Judges the message that begins here. @returns whether enough of it has come */
  #judge(bytes: Buffer): boolean {
    if (bytes.length < FIXED_BYTES) return false;
    const isLittle = bytes[0] === LITTLE;
    const word = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
    const fieldBytes = word(12);
    const type = bytes[1];
    let passes = type !== METHOD_CALL;
    if (type === SIGNAL) {
      const isPlain = fieldBytes <= MOST_FIELD_BYTES;
      if (isPlain && bytes.length < FIXED_BYTES + fieldBytes) return false;
      const packed = bytes.subarray(FIXED_BYTES, FIXED_BYTES + fieldBytes);
      const fields = isPlain ? fieldsOf(packed, (at) => word(FIXED_BYTES + at)) : null;
      passes = fields !== null && !fields.has(DESTINATION);
      if (passes && fields?.get(MEMBER) === "PropertiesChanged") {
        passes = false;
        this.#onChanged({ sender: fields.get(SENDER) ?? "", path: fields.get(PATH) ?? "" });
      }
    }
    this.#passes = passes;
    this.#left = FIXED_BYTES + aligned(fieldBytes, 8) + word(4);
    return true;
  }
}
