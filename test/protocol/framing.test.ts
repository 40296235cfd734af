import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FrameReader, encodeFrame } from "../../src/protocol/framing.ts";
import type { Frame } from "../../src/protocol/framing.ts";

const frameText = (frame: Frame): string =>
  "tooLong" in frame ? "(too long)" : frame.bytes.toString("latin1");

/** Pushes a stream in chunks that end at the given offsets. */
function read(stream: Buffer, maxBytes: number, cuts: readonly number[]): string[] {
  const reader = new FrameReader(maxBytes);
  const offsets = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  const ends = [...offsets, stream.length];
  return ends.flatMap((end, at) => {
    // A copy that is overwritten afterwards: the reader must not lean on what it no longer owns.
    const chunk = Buffer.from(stream.subarray(at === 0 ? 0 : ends[at - 1], end));
    const frames = [...reader.push(chunk)].map(frameText);
    chunk.fill(0x78);
    return frames;
  });
}

/** What the frames of a stream are, without a reader. */
function expected(stream: Buffer, maxBytes: number): string[] {
  const lines = stream.toString("latin1").split("\n");
  const open = lines.pop() ?? "";
  const tooLong = lines.findIndex((line) => line.length > maxBytes);
  if (tooLong !== -1) return [...lines.slice(0, tooLong), "(too long)"];
  return open.length > maxBytes ? [...lines, "(too long)"] : lines;
}

const stream = fc
  .array(fc.constantFrom(0x0a, 0x61, 0x62, 0x00, 0xff), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes));

describe("a frame reader", () => {
  test("gives the same frames however the stream is cut", () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(60)), (bytes, maxBytes, cuts) => {
        expect(read(bytes, maxBytes, cuts)).toEqual(expected(bytes, maxBytes));
      }),
      { numRuns: 3000 },
    );
  });

  test("takes a frame of exactly the cap, and refuses one byte more before its end is there", () => {
    expect([...new FrameReader(4).push(Buffer.from("abcd\n"))].map(frameText)).toEqual(["abcd"]);
    const reader = new FrameReader(4);
    expect([...reader.push(Buffer.from("abcd"))]).toEqual([]);
    expect(reader.begun).toBe(true);
    expect([...reader.push(Buffer.from("e"))]).toEqual([{ tooLong: true }]);
    expect(reader.begun).toBe(false);
  });

  test("reads nothing after a frame that was too long", () => {
    const reader = new FrameReader(4);
    expect([...reader.push(Buffer.from("abcde\nok\n"))]).toEqual([{ tooLong: true }]);
    expect([...reader.push(Buffer.from("\nok\n"))]).toEqual([]);
  });

  test("knows whether a frame was begun", () => {
    const reader = new FrameReader(10);
    const begun = ["", "a", "b\n", "c\nd", "\n"].map((text) => {
      expect([...reader.push(Buffer.from(text))].length).toBeLessThan(2);
      return reader.begun;
    });
    expect(begun).toEqual([false, true, false, true, false]);
  });

  test("keeps about one frame in memory, sent byte by byte or far past the cap", () => {
    const cap = 512 * 1024;
    const reader = new FrameReader(cap);
    const byte = Buffer.from("a");
    const before = process.memoryUsage().arrayBuffers;
    for (let sent = 0; sent < cap; sent++)
      for (const frame of reader.push(byte)) throw new Error(frameText(frame));
    const frames: Frame[] = [];
    const chunk = Buffer.alloc(64 * 1024, 0x61);
    for (let sent = 0; sent < 1024; sent++) frames.push(...reader.push(chunk));
    expect(frames).toEqual([{ tooLong: true }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * cap);
  });
});

test("an encoded frame is one line, whatever it holds", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const frame = encodeFrame(value);
      expect(frame.indexOf("\n")).toBe(frame.length - 1);
      expect(JSON.parse(frame)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
