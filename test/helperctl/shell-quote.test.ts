import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { commandLine, quoteForShell, readable } from "../../src/helperctl/shell-quote.ts";
import { HOSTILE } from "./support.ts";

/** What a real shell makes of words, quoted. */
const wordsOfShell = (words: readonly string[]): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${words.map(quoteForShell).join(" ")}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

const word = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
  fc.string({ unit: fc.constantFrom(...Array.from("'\"\\$`;&|<>(){}[]*?!#~=% \t\n-x20")) }),
  fc.constantFrom(
    "-",
    "--",
    "-n",
    "~root",
    "a=b",
    "=",
    "%s",
    "!!",
    "#x",
    "jupyterhub-singleuser-ann\\x2dlee.service",
  ),
);

test("a real shell makes of a quoted word the very same text, whatever it is", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      expect(wordsOfShell(words)).toEqual(words);
    }),
    { numRuns: 150 },
  );
});

test("what needs no quotes has none", () => {
  const argv = ["install", "-D", "-m", "0644", "/dev/stdin", "/etc/systemd/system/a@.service.d/50-user.conf"];
  expect(commandLine(argv)).toBe(argv.join(" "));
});

test("a name with an escape in it is quoted", () => {
  expect(quoteForShell("a\\x2db.service")).toBe("'a\\x2db.service'");
});

test.each([HOSTILE, "a\nb", "x".repeat(2000)])(
  "what a terminal would not show as it is makes no advice",
  (text) => {
    expect(commandLine(["rm", text])).toBeNull();
    expect(readable(text)).toBeNull();
  },
);
