import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../helper/version.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { manualPage } from "./page.ts";

/** What is made out of the table of commands, by its place below dist/. */
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  "helperctl.8": () => manualPage(VERSION),
  "completions/helperctl.bash": bashCompletion,
  "completions/_helperctl": zshCompletion,
  "completions/helperctl.fish": fishCompletion,
};

// usage: node documents.mjs DIRECTORY
const [directory = "."] = process.argv.slice(2);
mkdirSync(join(directory, "completions"), { recursive: true, mode: 0o755 });
for (const [path, text] of Object.entries(DOCUMENTS)) {
  writeFileSync(join(directory, path), text(), { mode: 0o644 });
}
