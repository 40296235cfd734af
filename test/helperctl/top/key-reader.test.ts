import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Key } from "../../../src/helperctl/top/key-reader.ts";
import { KeyReader } from "../../../src/helperctl/top/key-reader.ts";

const bytes = (text: string): Buffer => Buffer.from(text);
const wordOf = (key: Key): string => (key.kind === "named" ? `<${key.name}>` : key.text);
const read = (...chunks: (string | Buffer)[]): string => {
  const reader = new KeyReader();
  return chunks
    .flatMap((chunk) => reader.push(typeof chunk === "string" ? bytes(chunk) : chunk))
    .map(wordOf)
    .join(" ");
};

describe("a key", () => {
  test.each([
    ["q", "q"],
    ["数é", "数 é"],
    ["\u001b[A\u001b[B\u001bOA\u001bOB", "<up> <down> <up> <down>"],
    ["\u001b[5~\u001b[6~", "<pageup> <pagedown>"],
    [
      "\u001b[H\u001b[F\u001b[1~\u001b[4~\u001b[7~\u001b[8~\u001bOH\u001bOF",
      "<home> <end> <home> <end> <home> <end> <home> <end>",
    ],
    ["\r\u007f\b\u0003\u001a\u0015\f", "<enter> <backspace> <backspace> <ctrl-c> <ctrl-z> <ctrl-u> <ctrl-l>"],
    ["\u001b[1;5A\u001b[?1;2c\u001b[<0;1;1Mq", "q"],
    ["\u0000\u0001\u0085\u202eq", "q"],
    ["\u001bq", "<escape> q"],
    ["\u001b\u001b[A", "<escape> <up>"],
  ])("%j", (sent, keys) => {
    expect(read(sent)).toBe(keys);
  });

  test("comes in pieces, each of them as small as a byte", () => {
    const pieces = [...bytes("\u001b[5~数\u001b[200~a\nb\u001b[201~q")].map((byte) => Buffer.from([byte]));
    expect(read(...pieces)).toBe("<pageup> 数 ab q");
  });
});

describe("Escape", () => {
  test("by itself waits for what may follow, and is a key when nothing does", () => {
    const reader = new KeyReader();
    expect(reader.push(bytes("\u001b"))).toEqual([]);
    expect(reader.isWaiting).toBe(true);
    expect(reader.settle().map(wordOf)).toEqual(["<escape>"]);
    expect(reader.isWaiting).toBe(false);
  });

  test("at the beginning of a sequence that breaks off is none", () => {
    const reader = new KeyReader();
    reader.push(bytes("\u001b[1"));
    expect(reader.settle()).toEqual([]);
    expect(reader.push(bytes("q")).map(wordOf)).toEqual(["q"]);
  });

  test("at the beginning of a sequence without end is dropped with it", () => {
    expect(read(`\u001b[${"1".repeat(100)}`, "q")).toBe("q");
  });
});

describe("what is pasted", () => {
  test("is one text, whatever keys are in it, and loses what cannot be printed", () => {
    const reader = new KeyReader();
    const keys = reader.push(bytes("\u001b[200~q\r\u0003\u001b[A数\u202e\u001b[201~"));
    expect(keys).toEqual([{ kind: "text", text: "q[A数", pasted: true }]);
  });

  test("is cut where it is long, and what follows it is read", () => {
    expect(read("\u001b[200~", "a".repeat(600), "b".repeat(600), "\u001b[20", "1~q")).toBe(
      `${"a".repeat(600)}${"b".repeat(400)} q`,
    );
  });
});

test("no bytes, however cut, do harm, and text is printable", () => {
  const property = fc.property(fc.array(fc.uint8Array()), (chunks) => {
    const reader = new KeyReader();
    for (const key of chunks.flatMap((chunk) => reader.push(chunk))) {
      if (key.kind === "text") expect(key.text).toMatch(/^\P{C}+$/u);
    }
    reader.settle();
    expect(reader.isWaiting).toBe(false);
  });
  fc.assert(property);
});
