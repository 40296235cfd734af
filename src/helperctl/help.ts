import { COMMON_OPTIONS } from "./arguments.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, EXIT_MEANINGS } from "./exit-status.ts";
import { alignColumns } from "./columns.ts";

const flagOf = (name: string, value: string | undefined): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

const wrap = (paragraph: string): string => paragraph.replace(/(.{1,78})(?: |$)/g, "$1\n");

const indented = (rows: readonly (readonly string[])[]): string =>
  alignColumns(rows)
    .map((line) => `  ${line}\n`)
    .join("");

function usageOf(name: string, { words, options }: Command): string {
  const flags = Object.entries(options).map(([option, { value, required }]) =>
    required ? flagOf(option, value) : `[${flagOf(option, value)}]`,
  );
  return ["helperctl", name, ...words, ...flags].join(" ");
}

/** What `helperctl help COMMAND` prints. */
export function helpOf(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([option, { value, short, text }]) => [
      `${short === undefined ? "" : `-${short}, `}${flagOf(option, value)}`,
      text,
    ],
  );
  const about = command.about.map(wrap);
  return [`usage: ${usageOf(name, command)}\n`, ...about, `Options:\n${indented(options)}`].join("\n");
}

/** What `helperctl help` prints. */
export function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]);
  const statuses = Object.entries(EXIT).map(([key, status]) => [
    String(status),
    EXIT_MEANINGS[key as keyof typeof EXIT],
  ]);
  return [
    "usage: helperctl COMMAND [OPTIONS]\n",
    "Shows what the helper does, and why.\n",
    `Commands:\n${indented([...commands, ["help", "explain a command: helperctl help COMMAND"]])}`,
    `Options:\n${indented([
      ["--help", "print this"],
      ["--version", "print the version"],
    ])}`,
    `Exit statuses:\n${indented(statuses)}`,
  ].join("\n");
}
