import type { Command, Option } from "./command.ts";

/** An option as it is typed, with what stands for its value. */
export const flagOf = (name: string, value?: string): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

/** The same, with its one letter before it. */
export const flagsOf = (name: string, { short, value }: Option): string =>
  `${short === undefined ? "" : `-${short}, `}${flagOf(name, value)}`;

/** What follows a command's name in its usage line; an option and its value are one piece. */
export function usageWords({ words, options }: Command): string[] {
  const flags = Object.entries(options).map(([option, { value, required }]) =>
    required ? flagOf(option, value) : `[${flagOf(option, value)}]`,
  );
  return [...words, ...flags];
}
