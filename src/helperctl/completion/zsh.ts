import type { Command, Option } from "../command.ts";
import { COMMAND_GROUPS, COMMANDS } from "../commands.ts";
import type { Offer } from "./values.ts";
import { offerFor, optionsOf, takesMany, TEMPLATES_SCRIPT } from "./values.ts";

/** Between single quotes nothing is special but the quote. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In a specification of _arguments or _describe, brackets and colons divide. */
const escapeText = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");

function action(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return `(${offer.words.join(" ")})`;
    case "user":
      return "_users";
    case "file":
      return "_files";
    case "template":
      return "_helperctl_templates";
    case "nothing":
      return " ";
  }
}

function optionSpecs([name, { text, short, value }]: [string, Option]): string[] {
  const value_ = value === undefined ? "" : `:${value}:${action(offerFor(value))}`;
  const names = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  const excluded = name === "help" ? "(- *)" : `(${names.join(" ")})`;
  return names.map((each) =>
    quote(
      `${excluded}${each}${value !== undefined && each.startsWith("--") ? "=" : ""}[${escapeText(text)}]${value_}`,
    ),
  );
}

/** One colon: it must be given; two: it may be left out. */
function wordSpec(command: Command, word: string, at: number): string {
  const name = word.replace(/[[\].]/g, "");
  const isMany = takesMany(command) && at === command.words.length - 1;
  const place = isMany ? "*:" : word.startsWith("[") ? `${at + 1}::` : `${at + 1}:`;
  return quote(`${place}${name}:${action(offerFor(word))}`);
}

function commandCase([name, command]: [string, Command]): string {
  const specs = [
    ...optionsOf(command).flatMap(optionSpecs),
    ...command.words.map((word, at) => wordSpec(command, word, at)),
  ];
  return `    ${name})\n      _arguments -s -S \\\n        ${specs.join(" \\\n        ")}\n      ;;\n`;
}

/** A completion script for zsh, to lie in a directory of $fpath under the name _helperctl. */
export function zshCompletion(): string {
  const ordered = COMMAND_GROUPS.flatMap(({ names }) => names);
  const list = [
    ...ordered.map((name) => [name, COMMANDS[name]?.summary ?? ""]),
    ["help", "explain a command"],
  ];
  const described = list.map(([name = "", text = ""]) => `    ${quote(`${name}:${escapeText(text)}`)}\n`);
  return `#compdef helperctl
# zsh completion for helperctl. Made out of its table of commands by: helperctl completion zsh

_helperctl_templates() {
  local -a templates
  templates=(\${(f)"$(setopt null_glob; ${TEMPLATES_SCRIPT})"})
  _describe -t templates template templates
}

_helperctl_commands() {
  local -a commands
  commands=(
${described.join("")}  )
  _describe -t commands command commands
}

_helperctl() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
    '(- *)--help[print what helperctl can do]' \\
    '(- *)--version[print the version]' \\
    '1:command:_helperctl_commands' \\
    '*::word:->words'
  [[ $state == words ]] || return
  case $words[1] in
    help)
      _arguments '1:command:_helperctl_commands'
      ;;
${Object.entries(COMMANDS).map(commandCase).join("")}  esac
}

# Sourced, it only has to be known; called from $fpath, it is the first call.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _helperctl "$@"
else
  compdef _helperctl helperctl
fi
`;
}
