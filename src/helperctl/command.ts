import type { HelperClient } from "../client/client.ts";
import type { NameService } from "../policy/types.ts";
import type { LoadOptions } from "../policy/load.ts";
import type { ExitStatus } from "./exit-status.ts";
import type { Machine } from "./machine/machine.ts";
import type { Screen } from "./screen.ts";
import type { Terminal } from "./terminal.ts";

/** A flag, or an option that takes a value. */
export type Option =
  | { readonly text: string; readonly short?: string; readonly value?: never; readonly required?: never }
  | {
      readonly text: string;
      readonly short?: string;
      /** What stands for the value in the usage line. */
      readonly value: string;
      readonly required?: boolean;
    };

/** A command line, as its command takes it. */
export interface Given {
  /** What is no option, in order. */
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** What judging a policy takes from the machine. */
export interface PolicyGround extends LoadOptions {
  readonly names: NameService;
}

export type Asker = Pick<
  HelperClient,
  "describe" | "list" | "status" | "watch" | "start" | "stop" | "resetFailed" | "explain" | "close"
>;

/** Whoever runs the command. */
export interface Caller {
  readonly uid: number;
  /** Null: the account database has no such uid. */
  readonly name: string | null;
}

/** All that a command can reach. Neither the client nor libc nor D-Bus is loaded before it is asked for. */
export interface Surroundings {
  readonly version: string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** What `print` prints to. */
  readonly screen: Screen;
  /** What `complain` prints to. */
  readonly complaints: Screen;
  readonly nowMs: () => number;
  /** The terminal that a command may take over as a whole; null where there is none. */
  readonly terminal: () => Terminal | null;
  readonly caller: () => Caller;
  /**
   * Aborted by SIGINT and SIGTERM, and when nobody reads any more what is printed: whatever goes on by itself then
   * ends in good order.
   */
  readonly interrupted: AbortSignal;
  readonly openClient: () => Promise<Asker>;
  readonly openMachine: () => Promise<Machine>;
  readonly policyGround: () => Promise<PolicyGround>;
}

export type Run = (given: Given, surroundings: Surroundings) => Promise<ExitStatus>;

/** A command line, and what it is for. */
export interface Example {
  readonly line: string;
  readonly text: string;
}

export interface Command {
  readonly summary: string;
  /** The words it takes, as the usage line shows them; those in brackets may be left out, `...` is any number. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Paragraphs of its help, and of its part of the manual page. */
  readonly about: readonly string[];
  readonly examples?: readonly Example[];
  readonly load: () => Promise<Run>;
}
