import { expect, test } from "@jest/globals";
import { renderAge, renderBytes, renderDuration, renderMs } from "../../src/helperctl/quantities.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1.5 * 1024 ** 3, "1.5 GiB"],
  [312 * 1024 ** 2, "312 MiB"],
  [2 ** 63, "8192 PiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text);
});

test.each([
  [-5, "0 s"],
  [0.9, "0 s"],
  [5, "5 s"],
  [60, "1 min"],
  [3 * 3600 + 12 * 60 + 59, "3 h 12 min"],
  [86_400, "1 d"],
  [86_400 + 59, "1 d"],
  [90 * 86_400 + 3600, "90 d 1 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
});

test.each([
  [-1, "0 ms"],
  [0.4, "0 ms"],
  [999, "999 ms"],
  [999.7, "1 s"],
  [1000, "1 s"],
  [3_725_000, "1 h 2 min"],
])("%d ms is %s", (ms, text) => {
  expect(renderMs(ms)).toBe(text);
});

test.each([
  [-5, "0s"],
  [45, "45s"],
  [61, "1m"],
  [3 * 3600 + 12 * 60 + 59, "3h12m"],
  [100 * 86_400 + 3600, "100d1h"],
])("the age of %d seconds is %s", (seconds, text) => {
  expect(renderAge(seconds)).toBe(text);
});
