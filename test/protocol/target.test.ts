import { expect, test } from "@jest/globals";
import { parseServerName, parseUserName } from "../../src/protocol/target.ts";

test.each(["zoe", "a", "_x", "0a", "first.last", "a-b", "user@realm", "Z", "x".repeat(64)])(
  "%j is a user name",
  (name) => {
    expect(parseUserName(name)).toBe(name);
  },
);

test.each([
  "",
  "0",
  "1000",
  "-a",
  ".a",
  "@a",
  "a b",
  "a/b",
  "a\n",
  "\na",
  "é",
  "a\0",
  "a:b",
  "..",
  "--help",
  "x".repeat(65),
])("%j is no user name", (name) => {
  expect(parseUserName(name)).toBeNull();
});

test.each(["", "gpu", "1", "é", "a.b", "...", "-", "_", "日本", "e\u0301", "𝒳".repeat(64), "٣"])(
  "%j is a server name",
  (name) => {
    expect(parseServerName(name)).toBe(name);
  },
);

test.each([
  ".",
  "..",
  "a/b",
  "a b",
  "a\n",
  "a@b",
  "a:b",
  "\ud800",
  "a\0",
  "😀",
  "½",
  "x".repeat(65),
  "𝒳".repeat(65),
])("%j is no server name", (name) => {
  expect(parseServerName(name)).toBeNull();
});
