import { expect, test } from "@jest/globals";
import { renderFrame } from "../../../src/helperctl/top/frame.ts";

test("the first frame wipes the screen and writes every line where it belongs", () => {
  expect(renderFrame(null, ["a", "", "c"])).toBe(
    "\u001b[2J\u001b[1;1Ha\u001b[K\u001b[2;1H\u001b[K\u001b[3;1Hc\u001b[K",
  );
});

test("a later frame writes the lines that have changed, and no others", () => {
  expect(renderFrame(["a", "b", "c"], ["a", "B", "c"])).toBe("\u001b[2;1HB\u001b[K");
  expect(renderFrame(["a", "b"], ["a", "b"])).toBe("");
});
