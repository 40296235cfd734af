import { parseArgs } from "node:util";
import type { Command, Given } from "./command.ts";
import { UsageError } from "./usage-error.ts";

const isOptional = (word: string): boolean => word.startsWith("[");

function parse(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: {} }).map(([name, option]) => {
      const type = "value" in option ? ("string" as const) : ("boolean" as const);
      return [name, { type, ...(name === "help" ? { short: "h" } : {}) }];
    }),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    if (error instanceof TypeError && "code" in error) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Reads what follows a command's name. @throws UsageError */
export function readArguments(command: Command, args: readonly string[]): Given {
  const { values, positionals, tokens } = parse(command, args);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice.`);
    seen.add(token.name);
  }
  if (seen.has("help")) return { words: [], flags: new Set(["help"]), values: new Map() };
  const missing = command.words[positionals.length];
  if (missing !== undefined && !isOptional(missing)) throw new UsageError(`${missing} is missing.`);
  const extra = positionals[command.words.length];
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many.`);
  const texts = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    words: positionals,
    flags: new Set([...seen].filter((name) => values[name] === true)),
    values: new Map(texts),
  };
}
