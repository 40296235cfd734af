import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { COMMANDS } from "../../src/helperctl/commands.ts";
import { ROOT, committedFiles, fencesOf, read } from "./markdown.ts";

interface Line {
  readonly from: string;
  readonly line: string;
}

/** The lines of every shell example, without comments. */
const lines: Line[] = committedFiles()
  .filter((name) => name.endsWith(".md"))
  .flatMap((from) =>
    fencesOf(read(from))
      .filter(({ language }) => language === "sh" || language === "bash")
      .flatMap(({ body }) => body.trimEnd().split("\n"))
      .map((line) => ({ from, line: line.replace(/(^| )#.*$/, "").trim() })),
  )
  .filter(({ line }) => line !== "");

const scripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
const examples = "systemd/examples";
/** Where an installed path comes from. */
const SOURCES: readonly (readonly [RegExp, string])[] = [
  [/^\/usr\/share\/doc\/hub-helper\/examples/, examples],
  [/^\.\//, `${examples}/`],
  [/^scripts\//, "scripts/"],
];

const words = lines.flatMap(({ from, line }) => line.split(/\s+/).map((word) => ({ from, line, word })));

describe("a command in a document", () => {
  test("is shell", () => {
    expect(lines.length).toBeGreaterThan(15);
    for (const { line } of lines) {
      expect(() => execFileSync("sh", ["-n", "-c", line])).not.toThrow();
    }
  });

  test("runs a script that exists", () => {
    const missing = words.filter(({ word }) => {
      const source = SOURCES.find(([prefix]) => prefix.test(word));
      return source !== undefined && !existsSync(join(ROOT, word.replace(source[0], source[1])));
    });
    expect(missing).toEqual([]);
  });

  test("runs an npm script that exists", () => {
    const called = lines.flatMap(
      ({ line }) => /^npm (?:run )?(?!ci\b|pack\b|install\b)([a-z]+)/.exec(line)?.[1] ?? [],
    );
    expect(called).toEqual(expect.arrayContaining(["demo", "test"]));
    expect(called.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test("names a folder or a file of tests that exists", () => {
    const named = words.filter(({ word, line }) => word.startsWith("test/") && line.includes("jest"));
    expect(named.length).toBeGreaterThan(0);
    const isThere = (word: string): boolean =>
      existsSync(join(ROOT, word)) || existsSync(join(ROOT, `${word}.test.ts`));
    expect(named.filter(({ word }) => !isThere(word))).toEqual([]);
  });
});

test("the documents name helperctl's commands as they are, and show each", () => {
  const pages = committedFiles().filter((name) => name.endsWith(".md"));
  const named = pages.flatMap((name) =>
    Array.from(read(name).matchAll(/(?:`|^)helperctl ([a-z-]+)/gm), ([, command = ""]) => command),
  );
  const known = [...Object.keys(COMMANDS), "help"];
  expect(named.filter((command) => !known.includes(command))).toEqual([]);
  const reference = read("docs/helperctl.md");
  for (const command of known) expect(reference).toContain(`helperctl ${command}`);
});
