import { expect, test } from "@jest/globals";
import { TRICKS, trickTable } from "../../demo/tricks.ts";

test("the table has a header, and each trick in a line that fits a terminal below a step", () => {
  const [header, ...lines] = trickTable();
  expect(header).toMatch(/^START OF +ANSWER +LOGGED REASON$/);
  expect(lines).toHaveLength(TRICKS.length);
  expect(lines.filter((line) => line.length > 76)).toEqual([]);
  expect(lines[0]).toMatch(/^user "mallory" +denied +target-not-eligible$/);
});
