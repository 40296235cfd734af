import type { Machine } from "../machine/machine.ts";
import { ProgramMissing } from "../machine/program.ts";
import { takeOutIncludes } from "./includes.ts";
import type { Sudoers } from "./model.ts";
import type { SudoersContent } from "./parse-json.ts";
import { parseSudoersJson } from "./parse-json.ts";
import { readInput, sourceOf } from "./read-input.ts";
import { SudoersError } from "./sudoers-error.ts";

/** Without its own configuration file, which could leave things out. The text comes from us, so no file is named. */
const CVTSUDOERS = ["cvtsudoers", "-c", "/dev/null", "-f", "json", "-"];

/** `stdin:3:14: syntax error`, where the rest of the line is cvtsudoers' own sentence. */
const PLACE = /^(?:cvtsudoers: )?stdin:(\d+)(?::(\d+))?: (.*)$/;

function syntaxError(source: string, stderr: string): SudoersError {
  const problems = stderr.split("\n").flatMap((line) => {
    const [, at, column, text = ""] = PLACE.exec(line) ?? [];
    return at === undefined ? [] : [{ line: Number(at), column, text }];
  });
  const [first] = problems;
  if (first === undefined) {
    const said = stderr.trim().split("\n")[0] ?? "";
    return new SudoersError(
      "syntax",
      `cvtsudoers does not take ${source}: ${said || "it does not say why"}.`,
    );
  }
  const place = [source, first.line, first.column].filter((part) => part !== undefined).join(":");
  const more = problems.length > 1 ? `, and ${problems.length - 1} more like it` : "";
  return new SudoersError("syntax", `cvtsudoers does not take ${place}: ${first.text}${more}.`, first);
}

async function convert(machine: Pick<Machine, "run">, source: string, text: string) {
  try {
    const { status, stdout, stderr } = await machine.run(CVTSUDOERS, { input: text });
    if (status !== 0) throw syntaxError(source, stderr);
    return { json: stdout, stderr };
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    const sentence = `${error.message}: install the package sudo, 1.8.25 or later, which it is part of.`;
    throw new SudoersError("no-cvtsudoers", sentence);
  }
}

function understand(json: string): SudoersContent {
  try {
    return parseSudoersJson(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SudoersError("unknown-form", `cvtsudoers says something that is not understood here (${why}).`);
  }
}

/** It tells of each twice. */
function warningsOf(stderr: string): string[] {
  const found = stderr.split("\n").map((line) => PLACE.exec(line));
  const lines = found.flatMap((match) =>
    match === null ? [] : [`line ${match[1] ?? ""}: ${match[3] ?? ""}`],
  );
  return [...new Set(lines)];
}

/**
 * Reads one sudoers file, by sudo's own parser. `file` may be `-` for standard input. Includes are told of and not
 * followed.
 * @throws SudoersError
 */
export async function readSudoers(machine: Pick<Machine, "run">, file: string): Promise<Sudoers> {
  const source = sourceOf(file);
  const { text, includes } = takeOutIncludes(await readInput(file));
  const { json, stderr } = await convert(machine, source, text);
  return { source, ...understand(json), includes, warnings: warningsOf(stderr) };
}
