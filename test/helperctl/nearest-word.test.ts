import { expect, test } from "@jest/globals";
import { nearestWord, suggestion } from "../../src/helperctl/nearest-word.ts";

const KNOWN = ["start", "stop", "status", "explain", "policy-from-sudoers", "who-can"];

test.each([
  ["strat", "start"],
  ["stpo", "stop"],
  ["explian", "explain"],
  ["whocan", "who-can"],
  ["policy", "policy-from-sudoers"],
])("%s is taken for %s", (word, meant) => {
  expect(nearestWord(word, KNOWN)).toBe(meant);
});

test.each([["st"], ["frobnicate"], [""], ["s".repeat(1_000_000)]])("nothing is near %.20s", (word) => {
  expect(suggestion(word, KNOWN)).toBe("");
});
