import type { SudoCommand } from "./model.ts";

/** The program alone. A path may hold spaces behind a backslash. */
const programOf = (command: string): string => /^(?:\\.|[^\s\\])*/.exec(command)?.[0] ?? "";

export const argumentsOf = (command: string): string => command.slice(programOf(command).length).trim();

/** Whether a command is JupyterHub's sudospawner, wherever it lies and however it is called. */
export const isSpawner = ({ command, isAlias }: SudoCommand): boolean =>
  !isAlias && /^\/(?:.*\/)?sudospawner$/.test(programOf(command));

export const hasWildcard = ({ command }: SudoCommand): boolean => /[*?[\]]/.test(programOf(command));

/**
 * Whether a command may stand for sudospawner among others: all commands, a directory, a pattern, a regular
 * expression, an alias that nothing is known of. For what takes away, where too much is the safe side.
 */
export const mayBeSpawner = (each: SudoCommand): boolean =>
  isSpawner(each) ||
  each.isAlias ||
  each.command === "ALL" ||
  /^\^|\/$|[*?[\]]/.test(programOf(each.command));
