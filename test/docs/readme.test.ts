import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { ROOT, committedFiles, fencesOf, read, withoutFences } from "./markdown.ts";

const text = read("README.md");

describe("the README", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "readme-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test("shows a hub that the types agree with", () => {
    const [hub] = fencesOf(text).filter(({ language }) => language === "ts");
    const file = join(directory, "hub.mts");
    writeFileSync(file, hub?.body ?? "");
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules/@types")],
      paths: { "hub-helper/client": [join(ROOT, "src/client/index.ts")] },
    });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(problems).toEqual([]);
  }, 60_000);

  test("says what it is in three sentences before anything else", () => {
    const [, first = ""] = withoutFences(text).split("\n\n");
    expect(first.match(/[.:](?=\s|$)/g)?.length).toBeLessThanOrEqual(4);
    expect(text.indexOf("npm run demo")).toBeLessThan(1000);
  });

  test("shows steps that the demo has", () => {
    const demo = committedFiles()
      .filter((name) => name.startsWith("demo/"))
      .map(read)
      .join("");
    const LABEL = /\bstep\(\s*(["`])(.+?)\1/g;
    const labels = Array.from(demo.matchAll(LABEL), ([, , label = ""]) => label.split(/\$\{[^}]*\}/));
    const [shown] = fencesOf(text).filter(({ language }) => language === "text");
    const STEP = /^ {2}✓ (.+?)(?: +[\d.]+ m?s)?$/gm;
    const steps = Array.from(shown?.body.matchAll(STEP) ?? [], ([, step = ""]) => step);
    expect(steps.length).toBeGreaterThan(8);
    expect(steps.filter((step) => !labels.some((parts) => isMadeOf(step, parts)))).toEqual([]);
  });
});

/** Whether a text is these parts, with something in between. */
function isMadeOf(text: string, parts: readonly string[]): boolean {
  const literal = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literal.join(".+")}$`).test(text);
}
