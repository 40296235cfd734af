import { parseArgs } from "node:util";
import type { Command, Given, Option } from "./command.ts";
import { suggestion } from "./nearest-word.ts";
import { UsageError } from "./usage-error.ts";

/** What every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  "no-color": { text: "no colours, as with the variable NO_COLOR" },
  help: { short: "h", text: "print this" },
};

type Options = Command["options"];

const isOptional = (word: string): boolean => word.startsWith("[");
const isRepeated = (word: string | undefined): boolean => word?.includes("...") ?? false;

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function tokensOf(options: Options, args: readonly string[]) {
  const types = Object.entries(options).map(([name, { value, short }]) => {
    const type = value === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  // Not strict: what is wrong is told below, in sentences of our own.
  const settings = { options: Object.fromEntries(types), strict: false, tokens: true } as const;
  return parseArgs({ args: [...args], ...settings }).tokens;
}

/** @throws UsageError for an option that is unknown, or lacks its value, or has one that it does not take */
function checkOption(options: Options, { name, rawName, value, inlineValue }: OptionToken): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const known = Object.keys(options).map((each) => `--${each}`);
    throw new UsageError(`There is no option ${rawName}.${suggestion(rawName, known)}`);
  }
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return;
  }
  // `--user --json` is a forgotten value; whoever means it writes `--user=--json`.
  const isForgotten = value === undefined || value === "" || (value.startsWith("-") && inlineValue === false);
  if (isForgotten) throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}.`);
}

function checkWhole({ words, options }: Command, { words: given, values }: Given): void {
  const missing = words[given.length];
  if (missing !== undefined && !isOptional(missing)) throw new UsageError(`${missing} is missing.`);
  const extra = isRepeated(words.at(-1)) ? undefined : given[words.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many.`);
  for (const [name, { required, value }] of Object.entries(options)) {
    if (required && !values.has(name)) throw new UsageError(`--${name} ${value} is missing.`);
  }
}

/** Reads what follows a command's name. Null: its help is asked for. @throws UsageError */
export function readArguments(command: Command, args: readonly string[]): Given | null {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const given = { words: [] as string[], flags: new Set<string>(), values: new Map<string, string>() };
  for (const token of tokensOf(options, args)) {
    if (token.kind === "positional") given.words.push(token.value);
    if (token.kind !== "option") continue;
    checkOption(options, token);
    const { name, value } = token;
    if (given.flags.has(name) || given.values.has(name)) throw new UsageError(`--${name} is given twice.`);
    if (value === undefined) given.flags.add(name);
    else given.values.set(name, value);
  }
  if (given.flags.has("help")) return null;
  checkWhole(command, given);
  return given;
}

/** An option whose value is a whole number. Undefined: it is not given. @throws UsageError */
export function numberOf({ values }: Given, name: string, min: number, max: number): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}.`);
}
