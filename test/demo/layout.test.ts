import { describe, expect, test } from "@jest/globals";
import { duration, indent, stepLine, stepTime, wrap } from "../../demo/layout.ts";

describe("a duration", () => {
  test.each([
    [0.4, "0 ms"],
    [33.6, "34 ms"],
    [999.4, "999 ms"],
    [999.5, "1.0 s"],
    [12_345, "12.3 s"],
  ])("of %d ms reads %s", (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});

test("a step has no time where it took less than a millisecond", () => {
  expect([0.4, 0.99, 1, 33.6].map(stepTime)).toEqual(["", "", "1 ms", "34 ms"]);
});

describe("wrapping", () => {
  test("fills lines up to the width and not beyond", () => {
    expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
    expect(wrap("one two three", 13)).toEqual(["one two three"]);
  });

  test("leaves a word alone that is longer than a line", () => {
    expect(wrap("a jupyterhub-singleuser-zoe.slice b", 10)).toEqual([
      "a",
      "jupyterhub-singleuser-zoe.slice",
      "b",
    ]);
  });

  test("keeps columns apart", () => {
    expect(wrap("user  zoe    denied", 80)).toEqual(["user  zoe    denied"]);
  });
});

test("what stands below a step is as far in as its words, line by line", () => {
  expect(indent("first\nsecond line", 11)).toBe("    first\n    second\n    line");
});

describe("a step's line", () => {
  test("has its time at the right edge", () => {
    const { left, right } = stepLine("✓", "it holds", "5 ms", 24);
    expect(left + right).toBe("  ✓ it holds        5 ms");
    expect(left + right).toHaveLength(24);
  });

  test("ends with its words where it has no time", () => {
    expect(stepLine("✓", "it holds", "", 24)).toEqual({ left: "  ✓ it holds", right: "" });
  });

  test("has its time after a space where the words leave no room", () => {
    const { left, right } = stepLine("✗", "a long label", "5 ms", 10);
    expect(left + right).toBe("  ✗ a long label 5 ms");
  });
});
