import { expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { escapeForUnit, unescapeFromUnit } from "../../src/units/escape.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("a", "Z", "0", "-", "_", ".", "@", ":", "/", "\\", "x", "é", "日", "😀"),
  }),
);

test("escaping can be taken back", () => {
  fc.assert(
    fc.property(text, (each) => {
      fc.pre(each.isWellFormed());
      expect(unescapeFromUnit(escapeForUnit(each))).toBe(each);
    }),
    { numRuns: 5000 },
  );
});

test("escaping yields only what a unit name may hold, and neither @ nor a dot at the beginning", () => {
  fc.assert(
    fc.property(text, (each) => {
      expect(escapeForUnit(each)).toMatch(/^(?:(?!\.)[A-Za-z0-9:_.\\-]+)?$/);
    }),
    { numRuns: 2000 },
  );
});

test.each(["\\", "\\x", "\\x2", "\\xZZ", "\\x2D", "a@b", "a b", "é", "\\xff", "\\xc3"])(
  "%j is nothing that escaping made",
  (each) => {
    expect(unescapeFromUnit(each)).toBeNull();
  },
);

test("escaping is systemd's own", () => {
  const shown = text.filter((each) => each !== "" && each.isWellFormed() && !each.includes("\0"));
  const sample = fc.sample(shown, 1000);
  const output = execFileSync("systemd-escape", ["--", ...sample], { encoding: "utf8" });
  expect(sample.map(escapeForUnit)).toEqual(output.trimEnd().split(" "));
});
