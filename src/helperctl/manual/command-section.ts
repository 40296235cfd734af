import { COMMON_OPTIONS } from "../arguments.ts";
import type { Command, Example, Option } from "../command.ts";
import { usageWords } from "../usage.ts";
import { bold, escapeRoff, flow, italic, item, paragraph, request } from "./roff.ts";

/** What a person puts in stands in italics, what is typed as it is in bold. */
function dressWord(word: string): string {
  return word
    .split(/([A-Z]{1,}(?![a-z]))/)
    .map((part, at) =>
      part === "" ? "" : at % 2 === 1 ? italic(part) : /[a-z]/.test(part) ? bold(part) : escapeRoff(part),
    )
    .join("");
}

const dressUsage = (name: string, command: Command): string =>
  [bold(name), ...usageWords(command).map(dressWord)].join(" ");

const dressOption = ([name, { short, value }]: [string, Option]): string =>
  [
    ...(short === undefined ? [] : [`${bold(`-${short}`)}, `]),
    bold(`--${name}`),
    ...(value === undefined ? [] : [` ${italic(value)}`]),
  ].join("");

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const exampleItem = ({ line, text }: Example): string[] => item(bold(line), text);

/** The options of a table, one an item. */
export const optionItems = (options: Readonly<Record<string, Option>>): string[] =>
  Object.entries(options).flatMap((option) => item(dressOption(option), option[1].text));

/** What the manual says of one command. */
export function commandSection(name: string, command: Command): string[] {
  const { summary, about, options, examples = [] } = command;
  return [
    ".TP",
    dressUsage(name, command),
    flow(sentence(summary)),
    ".RS",
    ...about.flatMap(paragraph),
    ...optionItems(options),
    ...(examples.length === 0 ? [] : [...paragraph(examples.length === 1 ? "Example:" : "Examples:")]),
    ...examples.flatMap(exampleItem),
    ".RE",
  ];
}

export const commonOptions = (): string[] => optionItems(COMMON_OPTIONS);

export const heading = (title: string): string => request("SH", title.toUpperCase());
export const subheading = (title: string): string => request("SS", title);
