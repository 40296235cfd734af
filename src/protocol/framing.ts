const NEWLINE = 0x0a;
const FIRST_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/** What `FrameReader.take` gives: a whole frame without its newline, or the news that one is too long. */
export type Frame = { readonly bytes: Buffer } | { readonly tooLong: true };

/**
 * Cuts a byte stream into frames, one a line. The cap is checked while receiving: the first byte too many ends
 * the stream, and no byte past the cap is kept.
 */
export class FrameReader {
  readonly #maxBytes: number;
  /** What came last, and how much of it has been cut into frames. */
  #chunk: Buffer = NOTHING;
  #from = 0;
  /** The beginning of the frame that is not complete yet, from earlier chunks. */
  #held: Buffer = NOTHING;
  #length = 0;
  #broken = false;

  /** @param maxBytes the longest frame that is let in, in bytes, its newline not counted */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a frame was begun that is not yet complete. */
  get begun(): boolean {
    return this.#length > 0;
  }

  /** How many bytes of an incomplete frame are held. */
  get heldBytes(): number {
    return this.#length;
  }

  /** Adds what came. What came before must have been taken. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#from = 0;
  }

  /** The next frame of what was fed; null: there is no whole one, and what is left has been put aside. */
  take(): Frame | null {
    if (this.#broken || this.#from >= this.#chunk.length) return this.#usedUp();
    const newline = this.#chunk.indexOf(NEWLINE, this.#from);
    const to = newline === -1 ? this.#chunk.length : newline;
    if (this.#length + (to - this.#from) > this.#maxBytes) {
      this.#broken = true;
      this.#held = NOTHING;
      this.#length = 0;
      this.#usedUp();
      return { tooLong: true };
    }
    const part = this.#chunk.subarray(this.#from, to);
    this.#from = to + 1;
    if (newline === -1) {
      this.#hold(part);
      return this.#usedUp();
    }
    return { bytes: this.#join(part) };
  }

  *push(chunk: Buffer): Generator<Frame, void> {
    this.feed(chunk);
    for (let frame = this.take(); frame !== null; frame = this.take()) yield frame;
  }

  #usedUp(): null {
    this.#chunk = NOTHING;
    this.#from = 0;
    return null;
  }

  // One buffer that doubles, and not a list of chunks: a peer that sends byte by byte must not
  // make us keep half a million small objects.
  #hold(part: Buffer): void {
    const needed = this.#length + part.length;
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(
        Math.min(this.#maxBytes, Math.max(FIRST_BYTES, needed, this.#held.length * 2)),
      );
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    part.copy(this.#held, this.#length);
    this.#length = needed;
  }

  #join(last: Buffer): Buffer {
    if (this.#length === 0) return last;
    const frame = Buffer.concat([this.#held.subarray(0, this.#length), last]);
    this.#held = NOTHING;
    this.#length = 0;
    return frame;
  }
}

/** One frame with its newline. */
export const encodeFrame = (message: unknown): string => `${JSON.stringify(message)}\n`;
