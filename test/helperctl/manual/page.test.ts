import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { COMMANDS } from "../../../src/helperctl/commands.ts";
import { EXIT } from "../../../src/helperctl/exit-status.ts";
import { manualPage } from "../../../src/helperctl/manual/page.ts";
import { escapeRoff, flow, request } from "../../../src/helperctl/manual/roff.ts";

/** What man(1) shows of a page, and what it warns of. */
function shown(page: string): { text: string; warnings: string } {
  const directory = mkdtempSync(join(tmpdir(), "manual-"));
  try {
    const path = join(directory, "page.8");
    writeFileSync(path, page);
    const env = { PATH: process.env["PATH"], MANWIDTH: "80", LC_ALL: "C.UTF-8", MANPAGER: "cat" };
    const { stdout, stderr } = spawnSync("man", ["--warnings", "-l", path], { encoding: "utf8", env });
    return { text: stdout, warnings: stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const PAGE = manualPage("1.2.3");

describe("helperctl(8)", () => {
  test("is shown by man without a warning, in 80 columns", () => {
    const { text, warnings } = shown(PAGE);
    expect(warnings).toBe("");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^HELPERCTL\(8\)/);
    expect(text).toContain("hub-helper 1.2.3");
  });

  test("tells of every command with its options, every exit status, and where to look", () => {
    const { text } = shown(PAGE);
    for (const [name, { options }] of Object.entries(COMMANDS)) {
      expect(text).toMatch(new RegExp(`^ {7}${name}( |$)`, "m"));
      for (const option of Object.keys(options)) expect(text).toContain(`--${option}`);
    }
    for (const status of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^ {7}${status} {6}\\S`, "m"));
    for (const section of ["NAME", "SYNOPSIS", "FILES", "ENVIRONMENT", "SEE ALSO"]) {
      expect(text).toMatch(new RegExp(`^${section}$`, "m"));
    }
    expect(text).toContain("NO_COLOR");
  });

  test("is the same each time, and has no line that an editor would wrap", () => {
    expect(manualPage("1.2.3")).toBe(PAGE);
    const prose = PAGE.split("\n").filter((line) => !line.startsWith(".") && !line.startsWith("\\f"));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe("text in roff", () => {
  test.each([
    ["--json", "\\-\\-json"],
    [".PP", "\\&.PP"],
    ["'quoted'", "\\(aqquoted\\(aq"],
    ["C:\\n", "C:\\en"],
    ['"a"', "\\(dqa\\(dq"],
    ["a\n.SH b", "a .SH b"],
    ["~^`", "\\(ti\\(ha\\(ga"],
  ])("%j is written as %j", (text, roff) => {
    expect(escapeRoff(text)).toBe(roff);
  });

  test("of an argument cannot end it", () => {
    expect(request("SH", 'a" b')).toBe('.SH "a\\(dq b"');
  });

  test("does not begin a request where a line is broken", () => {
    const text = `${"word ".repeat(15)}.SH forged ${"word ".repeat(14)}'br forged`;
    expect(
      flow(text)
        .split("\n")
        .filter((line) => /^[.']/.test(line)),
    ).toEqual([]);
  });

  test("comes out of man as it went in, whatever it is", () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from("ab.'\"\\-`^~%:;,!#$&()*+/0<=>?@[]{|}_")),
      minLength: 1,
      maxLength: 12,
    });
    const words = fc.sample(word, { numRuns: 400, seed: 8 });
    const page = ['.TH "T" "8"', ".nh", ".ad l", ...words.flatMap((each) => [".br", flow(`<${each}>`)])].join(
      "\n",
    );
    const { text, warnings } = shown(`${page}\n`);
    expect(warnings).toBe("");
    const lines = text.split("\n").map((line) => line.trim());
    for (const each of words) expect(lines).toContain(`<${each}>`);
  });
});
