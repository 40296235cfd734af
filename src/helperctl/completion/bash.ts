import type { Command } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import type { Offer } from "./values.ts";
import { offerFor, optionsOf, takesMany, TEMPLATES_SCRIPT } from "./values.ts";

/** What goes on in the shell is fixed text, so words of the command line are only ever compared. */
function offerLine(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return `__helperctl_offer '${offer.words.join(" ")}'`;
    case "user":
      return 'mapfile -t COMPREPLY < <(compgen -u -- "$current")';
    case "file":
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
    case "template":
      return '__helperctl_offer "$(__helperctl_templates)"';
    case "nothing":
      return ":";
  }
}

const caseLine = (pattern: string, offer: Offer): string => `    ${pattern}) ${offerLine(offer)} ;;\n`;

/** Options with a value: what to offer after each. */
const valueCases = ([name, command]: [string, Command]): string =>
  optionsOf(command)
    .map(([option, { value }]) =>
      value === undefined ? "" : caseLine(`${name}:--${option}`, offerFor(value)),
    )
    .join("");

/** What to offer for each word that a command takes. The last may be given many times. */
const wordCases = ([name, command]: [string, Command]): string =>
  command.words
    .map((word, at) => {
      const isMany = takesMany(command) && at === command.words.length - 1;
      return caseLine(isMany ? `${name}:*` : `${name}:${at}`, offerFor(word));
    })
    .join("");

const flagCase = ([name, command]: [string, Command]): string => {
  const flags = optionsOf(command).flatMap(([option, { short }]) => [
    ...(short === undefined ? [] : [`-${short}`]),
    `--${option}`,
  ]);
  return `    ${name}) __helperctl_offer '${flags.join(" ")}' ;;\n`;
};

/** A completion script for bash 4 or later. */
export function bashCompletion(): string {
  const commands = Object.entries(COMMANDS);
  const names = [...Object.keys(COMMANDS), "help"].join(" ");
  const valued = commands.flatMap(([name, command]) =>
    optionsOf(command).flatMap(([option, { value }]) => (value === undefined ? [] : [`${name}:--${option}`])),
  );
  return `# bash completion for helperctl. Made out of its table of commands by: helperctl completion bash

__helperctl_templates() {
  ${TEMPLATES_SCRIPT}
}

# compgen would expand what stands in these words: they are either written here or letters alone.
__helperctl_offer() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_helperctl() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= place=0 option= word at
  COMPREPLY=()

  # bash takes "=" for a word of its own.
  if [[ $current == = ]]; then
    current= option=$previous
  elif [[ $previous == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $previous == -* ]]; then
    option=$previous
  fi

  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == -* ]]; then
      [[ \${COMP_WORDS[at+1]} == = ]] && ((at += 2)) && continue
      case $command:$word in
        ${valued.join(" | ")}) ((at++)) ;;
      esac
    elif [[ $command ]]; then
      ((place++))
    else
      command=$word
    fi
  done

  case $command:$option in
${commands.map(valueCases).join("")}    *) option= ;;
  esac
  [[ -z $option ]] || return 0

  if [[ $current == -* ]]; then
    case $command in
    '') __helperctl_offer '--help --version' ;;
${commands.map(flagCase).join("")}    esac
    return 0
  fi

  case $command:$place in
    :0) __helperctl_offer '${names}' ;;
    help:0) __helperctl_offer '${names}' ;;
${commands.map(wordCases).join("")}  esac
  return 0
}

complete -F _helperctl helperctl
`;
}
