/** Message types: D-Bus specification, "Message Format". */
const METHOD_CALL = 1;
const SIGNAL = 4;
/** The header's field that a message has when it is addressed to one connection. */
const DESTINATION = 6;
const FIXED_BYTES = 16;
const LITTLE = 0x6c;
/** Longer fields than PID 1 and the bus ever send. */
const MOST_FIELD_BYTES = 4096;

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

/** The header fields that a message has, by their codes; null where they are not what the bus's own look like. */
function fieldCodes(fields: Buffer, word: (at: number) => number): Set<number> | null {
  const codes = new Set<number>();
  for (let at = 0; at < fields.length;) {
    at = aligned(at, 8);
    codes.add(fields[at] ?? 0);
    const signature = String.fromCharCode(fields[at + 2] ?? 0);
    if (fields[at + 1] !== 1) return null;
    at += 4;
    if (signature === "g") at += (fields[at] ?? 0) + 2;
    else if (aligned(at, 4) + 4 > fields.length) return null;
    else if (signature === "u") at = aligned(at, 4) + 4;
    else if (signature === "s" || signature === "o") at = aligned(at, 4) + 4 + word(aligned(at, 4)) + 1;
    else return null;
  }
  return codes;
}

/**
 * Takes out of the bus's stream what strangers send, before the library takes it apart. Any account may address a
 * signal of megabytes to any connection, and a body that the library cannot read ends the process. What we have
 * asked for is a reply, or a signal of PID 1's or the bus's to everybody who matches it.
 */
export class Screen {
  /** The beginning of a message that has yet to be judged. */
  #held = Buffer.alloc(0);
  /** What is left of a message that was. */
  #left = 0;
  #passes = false;

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
      const fields = bytes.subarray(FIXED_BYTES, FIXED_BYTES + fieldBytes);
      const codes = isPlain ? fieldCodes(fields, (at) => word(FIXED_BYTES + at)) : null;
      passes = codes !== null && !codes.has(DESTINATION);
    }
    this.#passes = passes;
    this.#left = FIXED_BYTES + aligned(fieldBytes, 8) + word(4);
    return true;
  }
}
