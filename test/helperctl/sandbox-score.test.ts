import { describe, expect, test } from "@jest/globals";
import { parseSandboxScore } from "../../src/helperctl/machine/sandbox-score.ts";

const PRINTED = `  NAME                 DESCRIPTION                    EXPOSURE
✓ SystemCallFilter=~@swap System call allow list defined
✗ RootDirectory=/RootImage= Service runs within the host's root directory 0.1

→ Overall exposure level for helper.service: 0.7 SAFE 😀
`;

describe("the score of a sandbox", () => {
  test("is the last line of what systemd-analyze prints", () => {
    expect(parseSandboxScore(PRINTED)).toEqual({ score: 0.7, rating: "SAFE" });
  });

  test("is null where there is no such line", () => {
    expect(parseSandboxScore("")).toBeNull();
  });

  test("is not read out of the middle of a line", () => {
    expect(parseSandboxScore("x.service → Overall exposure level for y.service: 0.1 SAFE")).toBeNull();
  });
});
