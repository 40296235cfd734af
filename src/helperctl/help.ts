import { COMMON_OPTIONS } from "./arguments.ts";
import { displayWidth } from "./columns.ts";
import type { Command } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS } from "./commands.ts";
import { EXIT, EXIT_MEANINGS } from "./exit-status.ts";
import type { Screen } from "./screen.ts";
import { paint, PLAIN } from "./screen.ts";
import { flagOf, flagsOf, usageWords } from "./usage.ts";
import { wrap } from "./wrap.ts";

/** Help is prose: on a wide screen its lines would be hard to read. */
const MOST_COLUMNS = 80;
const INDENT = "  ";
/** Terms wider than this have their text below them. */
const WIDEST_TERM = 24;

const columnsOf = ({ columns }: Screen): number => Math.min(columns ?? MOST_COLUMNS, MOST_COLUMNS);

type Row = readonly [term: string, text: string];

/** Terms with their texts beside them, each of which goes on below itself where the line ends. */
function hang(rows: readonly Row[], screen: Screen, aligned: readonly string[] = []): string {
  const terms = [...rows.map(([term]) => term), ...aligned];
  const widths = terms.map(displayWidth).filter((width) => width <= WIDEST_TERM);
  const left = INDENT.length + Math.max(0, ...widths) + INDENT.length;
  const margin = " ".repeat(left);
  return rows
    .map(([term, text]) => {
      const lines = wrap(text, columnsOf(screen) - left);
      const isBeside = displayWidth(term) <= WIDEST_TERM;
      const head = isBeside ? `${INDENT}${term}`.padEnd(left) : `${INDENT}${term}\n${margin}`;
      return `${head}${lines.join(`\n${margin}`)}\n`;
    })
    .join("");
}

/** The usage line; an option and its value stay together. */
function usageLine(name: string, command: Command, screen: Screen): string {
  const head = `usage: helperctl ${name} `;
  // A no-break space holds words together until the line is broken.
  const words = usageWords(command).map((word) => word.replaceAll(" ", "\u00a0"));
  const lines = wrap(words.join(" "), columnsOf(screen) - head.length);
  return `${head}${lines.join(`\n${" ".repeat(head.length)}`)}`.replaceAll("\u00a0", " ").trimEnd();
}

const section = (screen: Screen, title: string, body: string): string =>
  `${paint(screen, "title", `${title}:`)}\n${body}`;

const paragraph = (text: string, screen: Screen): string => `${wrap(text, columnsOf(screen)).join("\n")}\n`;

/** What `helperctl help COMMAND` prints. */
export function helpOf(name: string, command: Command, screen: Screen = PLAIN): string {
  const { summary, about, examples = [] } = command;
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([option, each]): Row => [
    flagsOf(option, each),
    each.text,
  ]);
  const shown = examples.map(
    ({ line, text }) => `${INDENT}${line}\n${INDENT}${INDENT}${paint(screen, "aside", text)}\n`,
  );
  return [
    `${usageLine(name, command, screen)}\n`,
    paragraph(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, screen),
    ...about.map((text) => paragraph(text, screen)),
    section(screen, "Options", hang(options, screen)),
    ...(shown.length === 0
      ? []
      : [section(screen, shown.length === 1 ? "Example" : "Examples", shown.join(""))]),
  ].join("\n");
}

/** What `helperctl help` prints. */
export function overview(screen: Screen = PLAIN): string {
  // All groups stand below each other: their texts begin in one column.
  const names = Object.keys(COMMANDS);
  const groups = COMMAND_GROUPS.map((group) => {
    const rows = group.names.map((name): Row => [name, COMMANDS[name]?.summary ?? ""]);
    return section(screen, group.title, hang(rows, screen, names));
  });
  const statuses = Object.entries(EXIT).map(([key, status]): Row => [
    String(status),
    EXIT_MEANINGS[key as keyof typeof EXIT],
  ]);
  const others: Row[] = [
    ["help COMMAND", "explain a command; man helperctl explains them all"],
    [flagOf("help"), "print this"],
    [flagOf("version"), "print the version"],
  ];
  return [
    "usage: helperctl COMMAND [WORDS] [OPTIONS]\n",
    paragraph(
      "Shows what the helper does, and why; asks it to do things; and finds out what is wrong with it.",
      screen,
    ),
    ...groups,
    section(screen, "Help", hang(others, screen, names)),
    section(screen, "Exit statuses", hang(statuses, screen)),
  ].join("\n");
}
