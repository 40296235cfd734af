import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { harmless, harmlessJson } from "../../src/helperctl/harmless.ts";
import { ACTED_ON, HOSTILE } from "./support.ts";

const anyText = fc.string({ unit: "binary", maxLength: 50 });

describe("text from outside", () => {
  test("is left as it is where it is harmless", () => {
    expect(harmless("zoë: 数据, 100 % ✓")).toBe("zoë: 数据, 100 % ✓");
  });

  test("shows what a terminal would act on as escapes", () => {
    expect(harmless("a\u001b[2J\n\u202eb")).toBe(String.raw`a\u{1b}[2J\u{a}\u{202e}b`);
  });

  test("is one line that nothing acts on, whatever it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(harmless(text)).not.toMatch(/\n/);
        expect(harmless(text)).not.toMatch(ACTED_ON);
      }),
    );
  });

  test("is cut after a thousand characters", () => {
    expect(harmless("🙂".repeat(1001))).toBe(`${"🙂".repeat(1000)}…`);
    expect(harmless("🙂".repeat(1000))).toBe("🙂".repeat(1000));
    expect(harmless("\u001b".repeat(1 << 20)).length).toBeLessThan(10_000);
  });
});

describe("JSON", () => {
  test("says the same to a parser, and nothing to a terminal", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (value) => {
        const json = harmlessJson(value);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json).not.toMatch(ACTED_ON);
      }),
    );
  });

  test("escapes characters beyond the first plane by their two halves", () => {
    expect(harmlessJson("\u{e0001}")).toBe(String.raw`"\udb40\udc01"` + "\n");
  });

  test("keeps hostile text inside its quotes", () => {
    expect(harmlessJson({ HOSTILE }).split("\n")).toHaveLength(4);
  });
});
