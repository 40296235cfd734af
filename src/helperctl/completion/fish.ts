import type { Command, Option } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import type { Offer } from "./values.ts";
import { offerFor, optionsOf, takesMany, TEMPLATES_SCRIPT } from "./values.ts";

/** Between single quotes of fish, the quote and the backslash are special. */
const quote = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;

/** The arguments of `complete` that say what is offered. */
function offered(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return `-f -a ${quote(offer.words.join(" "))}`;
    case "user":
      return "-f -a '(__fish_complete_users)'";
    case "file":
      return "-F";
    case "template":
      return "-f -a '(__helperctl_templates)'";
    case "nothing":
      return "-f";
  }
}

const line = (condition: string, rest: string): string =>
  `complete -c helperctl -n ${quote(condition)} ${rest}\n`;

const optionLine = (command: string, [name, { text, short, value }]: [string, Option]): string => {
  const names = `-l ${name}${short === undefined ? "" : ` -s ${short}`}`;
  const takes = value === undefined ? "-f" : `-r ${offered(offerFor(value))}`;
  return line(`__helperctl_in ${command}`, `${names} ${takes} -d ${quote(text)}`);
};

function linesOf([name, command]: [string, Command]): string {
  const words = command.words.map((word, at) => {
    const isMany = takesMany(command) && at === command.words.length - 1;
    return line(`__helperctl_in ${name} ${isMany ? "" : at}`.trimEnd(), offered(offerFor(word)));
  });
  return [...optionsOf(command).map((option) => optionLine(name, option)), ...words, "\n"].join("");
}

/** A completion script for fish 3. */
export function fishCompletion(): string {
  const commands = Object.entries(COMMANDS);
  const valued = new Set(
    commands.flatMap(([, command]) =>
      optionsOf(command).flatMap(([name, { value }]) => (value === undefined ? [] : [`--${name}`])),
    ),
  );
  const list = [...commands.map(([name, { summary }]) => [name, summary]), ["help", "explain a command"]];
  const names = list.map(([name = "", text = ""]) =>
    line("not __helperctl_words", `-f -a ${name} -d ${quote(text)}`),
  );
  return `# fish completion for helperctl. Made out of its table of commands by: helperctl completion fish

function __helperctl_templates
    command sh -c ${quote(TEMPLATES_SCRIPT)}
end

# Prints what has been typed before the word that is being completed, without options and their values.
# Fails where that is nothing.
function __helperctl_words
    set -l found
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word ${[...valued].join(" ")}
            set skip 1
        else if not string match -q -- '-*' $word
            set -a found $word
        end
    end
    test (count $found) -gt 0; and printf '%s\\n' $found
end

# Whether a command is being typed: __helperctl_in COMMAND [HOW MANY WORDS FOLLOW IT SO FAR]
function __helperctl_in
    set -l words (__helperctl_words)
    test (count $words) -gt 0; and test "$words[1]" = $argv[1]; or return 1
    test (count $argv) -eq 1; or test (math (count $words) - 1) -eq $argv[2]
end

complete -c helperctl -f
complete -c helperctl -n 'not __helperctl_words' -l help -d 'print what helperctl can do'
complete -c helperctl -n 'not __helperctl_words' -l version -d 'print the version'
${names.join("")}complete -c helperctl -n '__helperctl_in help 0' -f -a ${quote(list.map(([name = ""]) => name).join(" "))}

${commands.map(linesOf).join("").trimEnd()}
`;
}
