import { readArguments } from "./arguments.ts";
import type { Command, Surroundings } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import type { ExitStatus } from "./exit-status.ts";
import { EXIT } from "./exit-status.ts";
import { judgeFailure } from "./failure.ts";
import { helpOf, overview } from "./help.ts";
import type { Screen } from "./screen.ts";
import { suggestion } from "./nearest-word.ts";
import { wrap } from "./wrap.ts";
import { UsageError } from "./usage-error.ts";

const HELP_WORDS = new Set(["help", "--help", "-h"]);

function commandNamed(word: string): Command {
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command !== undefined) return command;
  const kind = word.startsWith("-") ? "option" : "command";
  const near = suggestion(word, [...Object.keys(COMMANDS), "help", "--help", "--version"]);
  throw new UsageError(`There is no ${kind} ${word}; helperctl help lists what there is.${near}`);
}

function helpFor([topic, ...more]: readonly string[], screen: Screen): string {
  if (more.length > 0) throw new UsageError("helperctl help takes one command.");
  return topic === undefined || HELP_WORDS.has(topic)
    ? overview(screen)
    : helpOf(topic, commandNamed(topic), screen);
}

const withoutColour = (surroundings: Surroundings): Surroundings => ({
  ...surroundings,
  screen: { ...surroundings.screen, colour: false },
  complaints: { ...surroundings.complaints, colour: false },
});

async function obey(args: readonly string[], surroundings: Surroundings): Promise<ExitStatus> {
  const [word, ...rest] = args;
  const { print, version, screen } = surroundings;
  if (word === undefined) throw new UsageError("A command is missing; helperctl help lists what there is.");
  if (HELP_WORDS.has(word)) {
    print(helpFor(rest, screen));
    return EXIT.yes;
  }
  if (word === "--version") {
    print(`${version}\n`);
    return EXIT.yes;
  }
  const command = commandNamed(word);
  const given = readArguments(command, rest);
  if (given === null) {
    print(helpOf(word, command, screen));
    return EXIT.yes;
  }
  const run = await command.load();
  return run(given, given.flags.has("no-color") ? withoutColour(surroundings) : surroundings);
}

/** Carries out one command line. @returns the exit status; nothing is thrown */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitStatus> {
  try {
    return await obey(args, surroundings);
  } catch (error) {
    const { status, sentence } = judgeFailure(error);
    const lines = wrap(`helperctl: ${sentence}`, surroundings.complaints.columns);
    surroundings.complain(`${lines.join("\n")}\n`);
    return status;
  }
}
