import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { FrameReader } from "../../src/protocol/framing.ts";
import { isMethodName, METHODS } from "../../src/protocol/methods.ts";
import { parseParams } from "../../src/protocol/params.ts";
import { parseRequest } from "../../src/protocol/request.ts";

const CORPUS = readFileSync(join(import.meta.dirname, "corpus/frames.jsonl"))
  .toString()
  .trimEnd()
  .split("\n")
  .map((line) => Buffer.from(line));

interface Damage {
  readonly at: number;
  readonly cut: number;
  readonly put: Uint8Array;
}

/** What a hostile peer splices into a frame: single bytes, and pieces that mean something. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 4 }),
  fc
    .constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ",",
      ":",
      "null",
      '"user":"root"',
      "\\u0000",
      "\\ud800",
      "1e999",
    )
    .map((text) => Buffer.from(text)),
);
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(400),
  cut: fc.nat(6),
  put: piece,
});

const apply = (frame: Buffer, { at, cut, put }: Damage): Buffer => {
  const from = at % (frame.length + 1);
  return Buffer.concat([frame.subarray(0, from), put, frame.subarray(from + cut)]);
};

const damaged = fc
  .tuple(fc.constantFrom(...CORPUS), fc.array(damage, { maxLength: 5 }))
  .map(([frame, damages]) => damages.reduce(apply, frame));

/** Walks a frame as far as it gets without a policy. */
function walk(frame: Buffer): string {
  const incoming = parseRequest(frame);
  if (incoming.kind !== "request") return incoming.kind === "error" ? incoming.error.code : "notification";
  const { method, params, duplicate } = incoming.request;
  if (!isMethodName(method)) return "unknown-method";
  try {
    parseParams(METHODS[method].params, params, duplicate);
    return "params";
  } catch (error) {
    if (error instanceof ProtocolError) return (error as ProtocolError).code;
    throw error;
  }
}

describe("a damaged frame", () => {
  test("ends in params or in an error of the table, and never in anything else", () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(damaged, (frame) => {
        ends.add(walk(frame));
      }),
      { numRuns: 20_000 },
    );
    // The corpus reaches every one of these: a run that does not has stopped testing something.
    expect([...ends].sort()).toEqual(
      expect.arrayContaining([
        "invalid-params",
        "invalid-request",
        "notification",
        "params",
        "parse-error",
        "unknown-method",
      ]),
    );
  });

  test("answers with an error that is itself a clean frame", () => {
    fc.assert(
      fc.property(damaged, (frame) => {
        const incoming = parseRequest(frame);
        if (incoming.kind !== "error") return;
        const wire: string = JSON.stringify(incoming.error.toWire());
        expect(wire.isWellFormed()).toBe(true);
        expect(wire.length).toBeLessThan(2_000);
      }),
      { numRuns: 5_000 },
    );
  });

  test("cannot be told from a whole one by how it was cut into chunks", () => {
    fc.assert(
      fc.property(
        fc.array(damaged, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 50 })),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map((frame) => Buffer.concat([frame, Buffer.from("\n")])));
          const read = (chunks: Buffer[]): string[] => {
            const reader = new FrameReader(4096);
            return chunks
              .flatMap((chunk) => [...reader.push(chunk)])
              .map((f) => ("bytes" in f ? f.bytes.toString("hex") : "!"));
          };
          const chunks: Buffer[] = [];
          let from = 0;
          for (const cut of cuts) {
            chunks.push(stream.subarray(from, from + cut));
            from += cut;
          }
          chunks.push(stream.subarray(from));
          expect(read(chunks)).toEqual(read([stream]));
        },
      ),
    );
  });
});
