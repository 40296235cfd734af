import { readSafely, UntrustedPathError } from "../../policy/open-safely.ts";
import type { Trust } from "../../policy/open-safely.ts";
import { MAX_FILE_BYTES } from "../../policy/read-files.ts";
import type { Finding } from "../finding.ts";
import type { Screen } from "../screen.ts";
import { renderExcerpt } from "./excerpt.ts";
import { WHOLE_FILE } from "./policy-findings.ts";

/**
 * Excerpts of the files that findings are about. Only what nobody else can have put there is shown: root must not be
 * made to print what a link of somebody's leads to.
 */
export class Excerpts {
  readonly #trust: Trust;
  readonly #files = new Map<string, readonly string[]>();

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  #read(file: string): readonly string[] {
    try {
      return readSafely(file, MAX_FILE_BYTES, this.#trust).toString("utf8").split("\n");
    } catch (error) {
      if (error instanceof UntrustedPathError) return [];
      throw error;
    }
  }

  /** The line that a finding is about, and a caret. Empty where it is about none, or it cannot be shown. */
  of({ code, file, line, column }: Finding, screen: Screen): string[] {
    if (code === WHOLE_FILE || file === undefined || line === undefined || column === undefined) return [];
    const lines = this.#files.get(file) ?? this.#read(file);
    this.#files.set(file, lines);
    const text = lines[line - 1]?.replace(/\r$/, "");
    const isInside = text !== undefined && column - 1 <= text.length;
    return isInside ? renderExcerpt(screen, text, { line, column }) : [];
  }
}
