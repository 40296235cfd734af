import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { displayWidth } from "../../src/helperctl/columns.ts";
import { foldCommand, foldText } from "../../src/helperctl/fold.ts";
import { quoteForShell } from "../../src/helperctl/shell-quote.ts";

const text = fc.string({ unit: fc.constantFrom("a", "bc", " ", "語", "e\u0301"), maxLength: 200 });

describe("foldText", () => {
  test("makes no line wider than it may be, and loses nothing", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (given, width) => {
        const lines = foldText(given, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(given.replaceAll(" ", ""));
      }),
    );
  });

  test("begins below where the first line has no room", () => {
    expect(foldText("one two", 10, 0)).toEqual(["", "one two"]);
  });

  test("leaves a text whole where any line is wide enough", () => {
    expect(foldText("one  two", Infinity)).toEqual(["one  two"]);
  });
});

describe("foldCommand", () => {
  test("breaks a command so that a real shell still reads the same words", () => {
    const word = fc.string({ unit: fc.constantFrom("a", " ", "'", "\\", "$", ";"), minLength: 1 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const line = `printf '%s\\0' ${words.map(quoteForShell).join(" ")}`;
        const folded = foldCommand(line, 20).join("\n");
        expect(execFileSync("sh", ["-c", folded], { encoding: "utf8" })).toBe(`${words.join("\0")}\0`);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps to the width where its words do", () => {
    const lines = foldCommand(
      "printf '%s\\n' 'a b' | install -D -m 0644 /dev/stdin /etc/x && systemctl daemon-reload",
      30,
    );
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines.slice(0, -1).every((line) => line.endsWith(" \\"))).toBe(true);
  });
});
