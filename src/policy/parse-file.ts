import { TomlError, parse } from "smol-toml";
import { locate } from "./locate.ts";
import type { Places } from "./locate.ts";
import type { PlacedProblem } from "./problem.ts";
import type { PolicyBytes } from "./read-files.ts";
import { decodeUtf8 } from "../units/decode-utf8.ts";

/** A policy file whose TOML is well formed. */
export interface PolicyFile {
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly places: Places;
}

const MAX_DEPTH = 16;

/** The parser's message, without the excerpt of the file that follows its first line. */
const sentenceOf = (error: TomlError): string =>
  `this is not TOML: ${error.message.replace(/^Invalid TOML document: /, "").split("\n", 1)[0] ?? ""}`;

/** Reads the TOML of one file. */
export function parseFile({ path, bytes }: PolicyBytes): PolicyFile | PlacedProblem {
  const text = decodeUtf8(bytes);
  if (text === null) return { file: path, line: 1, column: 1, text: "this is not UTF-8", isWhole: true };
  try {
    const document: Record<string, unknown> = parse(text, { maxDepth: MAX_DEPTH });
    return { path, document, places: locate(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { file: path, line: error.line, column: error.column, text: sentenceOf(error) };
  }
}
