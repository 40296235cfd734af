import { EXAMPLES } from "./catalogue/examples.ts";
import { JUDGEMENT } from "./catalogue/judgement.ts";
import { SERVERS } from "./catalogue/servers.ts";
import type { Command } from "./command.ts";

const withExamples = ([name, command]: readonly [string, Command]): readonly [string, Command] => {
  const examples = EXAMPLES[name];
  return [name, examples === undefined ? command : { ...command, examples }];
};

/** Every command but `help`. Each is loaded when it is called: `list` has no use for libc or a TOML parser. */
export const COMMANDS: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries({ ...SERVERS, ...JUDGEMENT }).map(withExamples),
);

export interface CommandGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** The order in which help and manual tell of them: first what is asked for every day. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: "See what runs", names: ["status", "list", "show", "top", "watch"] },
  { title: "Change what runs", names: ["start", "stop", "reset-failed"] },
  { title: "Understand what is allowed", names: ["explain", "who-can", "log"] },
  { title: "Set up and look after", names: ["check", "doctor", "policy-from-sudoers", "completion"] },
];
