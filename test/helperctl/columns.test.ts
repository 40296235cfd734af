import { expect, test } from "@jest/globals";
import { alignColumns, displayWidth, breakIntoRows } from "../../src/helperctl/columns.ts";

test("cells of a column stand below each other, and no line ends in spaces", () => {
  const rows = [
    ["USER", "SERVER", "UNIT"],
    ["zoe", "(default)", "a.service"],
    ["a-long-name", "gpu", ""],
  ];
  expect(alignColumns(rows)).toEqual([
    "USER         SERVER     UNIT",
    "zoe          (default)  a.service",
    "a-long-name  gpu",
  ]);
});

test("letters that a terminal draws two columns wide are counted so, and marks not at all", () => {
  expect(displayWidth("数据")).toBe(4);
  expect(displayWidth("e\u0301")).toBe(1);
  expect(
    alignColumns([
      ["数据", "x"],
      ["abcd", "x"],
    ]),
  ).toEqual(["数据  x", "abcd  x"]);
});

test("no rows are no lines", () => {
  expect(alignColumns([])).toEqual([]);
});

test("a text is broken into rows, and what is too long for as many as it may have is cut", () => {
  const layout = { lines: 3, indent: "  " };
  expect(breakIntoRows("", 6, layout)).toEqual([""]);
  expect(breakIntoRows("abcdef", 6, layout)).toEqual(["abcdef"]);
  expect(breakIntoRows("abcdefghij", 6, layout)).toEqual(["abcdef", "  ghij"]);
  expect(breakIntoRows("abcdef数据efghijk", 6, layout)).toEqual(["abcdef", "  数据", "  efg…"]);
  expect(breakIntoRows("abc", Infinity, layout)).toEqual(["abc"]);
  expect(breakIntoRows("abc", 0, layout)).toEqual([""]);
});
