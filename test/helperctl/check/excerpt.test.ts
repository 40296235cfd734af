import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { renderExcerpt } from "../../../src/helperctl/check/excerpt.ts";
import { displayWidth } from "../../../src/helperctl/columns.ts";
import { PLAIN } from "../../../src/helperctl/screen.ts";
import { ACTED_ON, HOSTILE } from "../support.ts";

const NARROW = { columns: 80, colour: false };

/** The character that the caret stands below. */
function pointedAt([text = "", caret = ""]: readonly string[]): string {
  let left = caret.length - 1;
  for (const char of text) {
    if (left <= 0 && displayWidth(char) > 0) return char;
    left -= displayWidth(char);
  }
  return "";
}

describe("an excerpt", () => {
  test("has the number of the line, the line, and a caret below the column", () => {
    expect(renderExcerpt(PLAIN, 'peer = { user = "nemo" }', { line: 12, column: 10 })).toEqual([
      '    12 | peer = { user = "nemo" }',
      "       |          ^",
    ]);
  });

  test.each([
    ["tabs", "\t\tX", 3],
    ["wide characters", "語語語X", 4],
    ["marks that take no room", "e\u0301e\u0301X", 5],
    ["characters of two units", "😀😀X", 5],
    ["what is escaped", "\u001b[2J\u202eX", 6],
    ["a megabyte before it", `${"a".repeat(1_000_000)}X`, 1_000_001],
    ["a megabyte around it", `${"\t語".repeat(300_000)}X${"b".repeat(1_000_000)}`, 600_001],
  ])("points at the right place behind %s", (_, text, column) => {
    for (const screen of [PLAIN, NARROW]) {
      const lines = renderExcerpt(screen, text, { line: 1, column });
      expect(pointedAt(lines)).toBe("X");
      expect(lines.join("\n")).not.toMatch(ACTED_ON);
    }
  });

  test("is never wider than the terminal, wherever it points", () => {
    const char = fc.constantFrom(
      "a",
      "\t",
      "語",
      "\u001b",
      "e\u0301",
      "😀",
      ...Array.from(HOSTILE.replace(/\n/g, "")),
    );
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 300 }), fc.nat(300), (text, at) => {
        const column = Math.min(at, text.length) + 1;
        const lines = renderExcerpt(NARROW, text, { line: 7, column });
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
        expect(lines.join("\n")).not.toMatch(ACTED_ON);
      }),
    );
  });
});
