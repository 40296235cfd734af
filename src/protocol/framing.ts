const NEWLINE = 0x0a;
const FIRST_BYTES = 4096;

/** What `FrameReader.push` yields: a whole frame without its newline, or the news that one is too long. */
export type Frame = { readonly bytes: Buffer } | { readonly tooLong: true };

/**
 * Cuts a byte stream into frames, one a line. The cap is judged while receiving: the first byte too many ends
 * the stream, and no byte past the cap is kept.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #held = Buffer.alloc(0);
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

  *push(chunk: Buffer): Generator<Frame, void> {
    let from = 0;
    while (!this.#broken && from < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline === -1 ? chunk.length : newline;
      if (this.#length + (to - from) > this.#maxBytes) {
        this.#broken = true;
        this.#held = Buffer.alloc(0);
        this.#length = 0;
        yield { tooLong: true };
        return;
      }
      if (newline === -1) {
        this.#hold(chunk.subarray(from));
        return;
      }
      yield { bytes: this.#take(chunk.subarray(from, newline)) };
      from = newline + 1;
    }
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

  #take(last: Buffer): Buffer {
    if (this.#length === 0) return last;
    const frame = Buffer.concat([this.#held.subarray(0, this.#length), last]);
    this.#held = Buffer.alloc(0);
    this.#length = 0;
    return frame;
  }
}

/** One frame with its newline. */
export const encodeFrame = (message: unknown): string => `${JSON.stringify(message)}\n`;
