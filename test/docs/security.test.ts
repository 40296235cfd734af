import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { ROOT, read, tableOf } from "./markdown.ts";

const rows = tableOf(read("SECURITY.md"), "asset", "who", "attack", "defence", "test");
const NAMED = /^`(test\/[a-z/.-]+\.test\.ts)` "(.+)"$/;

const named = rows.flatMap(([, , attack = "", , tests = ""]) =>
  tests.split("<br>").map((entry) => {
    const [, file = "", title = ""] = NAMED.exec(entry.trim()) ?? [];
    return { attack, entry, file, title };
  }),
);

/** Whether a file calls something with this title as its first argument, as `test` and `describe` are called. */
function hasTitle(text: string, title: string): boolean {
  const literal = title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`\\(\\s*["'\`]${literal}["'\`]\\s*,`).test(text);
}

describe("the table of attacks", () => {
  test("has a defence and a test for each", () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => row.length !== 5 || row.includes(""))).toEqual([]);
    expect(named.filter(({ file }) => file === "").map(({ attack, entry }) => ({ attack, entry }))).toEqual(
      [],
    );
  });

  test.each(named)("names a test that exists: $file, $title", ({ file, title }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(hasTitle(read(file), title)).toBe(true);
  });

  test("would notice a title that is not there", () => {
    const text = 'test("names a row", () => {}); // test("a comment names it")';
    expect(hasTitle(text, "names a row")).toBe(true);
    expect(hasTitle(text, "a comment names it")).toBe(false);
    expect(hasTitle(text, "names a r")).toBe(false);
  });
});
