import { whyNeverEnvironment } from "../../policy/never.ts";
import { problemOfVariable } from "../../policy/schema.ts";
import { expandCommands } from "./expand.ts";
import type { Defaults, SudoOption, Sudoers } from "./model.ts";
import { reasonOfOption } from "./option-reasons.ts";
import { sayDefault } from "./say.ts";
import { isSpawner } from "./spawner.ts";
import { TEMPLATE_ENV, TEMPLATE_PINNED } from "./shipped-template.ts";
import type { Hub, Note } from "./translation.ts";

/** Whether a line of Defaults holds where a hub calls sudospawner. */
function isAboutSpawning(sudoers: Sudoers, { members, commands }: Defaults, hubs: readonly Hub[]): boolean {
  if (commands.length > 0) return expandCommands(sudoers, commands).some(isSpawner);
  return (
    members.length === 0 ||
    members.some(
      ({ kind, name, negated }) => !negated && hubs.some((hub) => hub.kind === kind && hub.name === name),
    )
  );
}

/** Why a name of env_keep cannot stand in the template's list; null where it can, or does. */
function problemOfName(name: string): string | null {
  if (TEMPLATE_PINNED.has(name)) return `The template pins ${name} already.`;
  const reason = whyNeverEnvironment(name);
  if (reason !== null) return `${name} is never let through: it ${reason}.`;
  if (/[*?]/.test(name)) return `${name} is a pattern, and the template takes exact names alone.`;
  if (name.includes("=")) return `${name} is a pattern of a value, and the template takes exact names alone.`;
  return problemOfVariable(name) === null ? null : `${name} is no name of a variable.`;
}

export interface ReadEnvironment {
  readonly env: readonly string[];
  readonly notes: readonly Note[];
}

/** What becomes of Defaults: the variables that sudo kept, and notes on all else. */
export function readEnvironment(sudoers: Sudoers, hubs: readonly Hub[]): ReadEnvironment {
  const env = new Set<string>();
  const notes: Note[] = [];
  const keep = (defaults: Defaults, option: SudoOption, names: readonly string[]): void => {
    const note = (why: string): number => notes.push({ about: sayDefault(defaults, option), why });
    if (!isAboutSpawning(sudoers, defaults, hubs)) {
      note("It is about somebody or something else than a hub that calls sudospawner.");
      return;
    }
    if (option.operation === "list_remove") for (const name of names) env.delete(name);
    for (const name of option.operation === "list_remove" ? [] : names) {
      const problem = problemOfName(name);
      if (problem !== null) note(problem);
      else if (!TEMPLATE_ENV.has(name)) env.add(name);
    }
  };
  for (const defaults of sudoers.defaults) {
    for (const option of defaults.options) {
      const { name, value } = option;
      if (name === "env_keep" && typeof value === "object") keep(defaults, option, value);
      else notes.push({ about: sayDefault(defaults, option), why: reasonOfOption(name) });
    }
  }
  return { env: [...env], notes };
}
