import { COMMAND_GROUPS, COMMANDS } from "../commands.ts";
import { EXIT, EXIT_MEANINGS } from "../exit-status.ts";
import { commandSection, commonOptions, heading, subheading } from "./command-section.ts";
import { bold, flow, italic, item, paragraph, request } from "./roff.ts";

/** A place, and what is there. */
type Row = readonly [name: string, text: string];

const FILES: readonly Row[] = [
  ["/etc/hub-helper/policy.toml", "The policy: who may do what. Root's alone."],
  ["/etc/hub-helper/policy.d/*.toml", "More templates and rules, read after it."],
  ["/run/hub-helper/helper.sock", "Where the helper is asked; open to root and the group hub-helper."],
  ["/run/hub-helper/credentials/", "The credentials that are staged for units, root's alone."],
  ["/usr/share/doc/hub-helper/", "The documents, and examples of units."],
];

const ENVIRONMENT: readonly Row[] = [
  ["NO_COLOR", "With any value but an empty one, nothing is coloured, as with --no-color."],
  ["TERM", "A terminal that is dumb gets no colours."],
];

const SEE_ALSO = [
  "systemctl(1)",
  "journalctl(1)",
  "systemd-analyze(1)",
  "loginctl(1)",
  "cvtsudoers(1)",
  "systemd.exec(5)",
  "systemd.resource-control(5)",
];

const rows = (list: readonly Row[], dress: (name: string) => string): string[] =>
  list.flatMap(([name, text]) => item(dress(name), text));

const statuses = (): string[] =>
  Object.entries(EXIT).flatMap(([key, status]) =>
    item(bold(String(status)), EXIT_MEANINGS[key as keyof typeof EXIT]),
  );

const groups = (): string[] =>
  COMMAND_GROUPS.flatMap(({ title, names }) => [
    subheading(title),
    ...names.flatMap((name) => {
      const command = COMMANDS[name];
      return command === undefined ? [] : commandSection(name, command);
    }),
  ]);

const crossReference = (name: string): string => {
  const [, page = "", section = ""] = /^(.*)\((\d)\)$/.exec(name) ?? [];
  return `${bold(page)}(${section})`;
};

/**
 * The manual page helperctl(8), in the man(7) macros: section 8, as for systemctl's kin that are for admins. It has
 * no date, so that the same sources give the same bytes.
 */
export function manualPage(version: string): string {
  const lines = [
    '.\\" Made out of the table of commands; do not edit.',
    request("TH", "HELPERCTL", "8", "", `hub-helper ${version}`, "System administration"),
    ".nh",
    ".ad l",
    heading("Name"),
    "helperctl \\- show, explain and check what hub\\-helper does",
    heading("Synopsis"),
    `${bold("helperctl")} ${italic("COMMAND")} [${italic("WORDS")}] [${italic("OPTIONS")}]`,
    ".br",
    `${bold("helperctl help")} [${italic("COMMAND")}]`,
    ".br",
    bold("helperctl --version"),
    heading("Description"),
    flow(
      "hub-helper is a small daemon that lets an unprivileged hub start and stop the servers of other accounts as units of systemd, as far as a policy of root's allows it. helperctl is for whoever looks after the machine: it shows what runs, says why something was refused, checks the policy and the units behind it, and finds out what is wrong with the installation.",
    ),
    ...paragraph(
      "Whoever is not root gets what the rules allow, and otherwise a sentence about what is needed. A USER is the name of an account; a SERVER is the name of one of its servers, and left out for its default server.",
    ),
    ...paragraph(
      "On a terminal no line is wider than it. In a pipe nothing is cut and nothing is coloured, and no pager is ever started. Text of others is shown with its control characters escaped.",
    ),
    heading("Commands"),
    ...groups(),
    subheading("Help"),
    ...item(`${bold("help")} [${italic("COMMAND")}]`, "List the commands, or explain one."),
    heading("Options"),
    flow("Every command also takes:"),
    ...commonOptions(),
    heading("Exit status"),
    ...statuses(),
    heading("Files"),
    ...rows(FILES, italic),
    heading("Environment"),
    ...rows(ENVIRONMENT, bold),
    heading("See also"),
    SEE_ALSO.map(crossReference).join(",\n"),
  ];
  return `${lines.join("\n")}\n`;
}
