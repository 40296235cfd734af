import type { HelperClient } from "../client/client.ts";
import type { NameService } from "../policy/types.ts";
import type { LoadOptions } from "../policy/load.ts";
import type { ExitStatus } from "./exit-status.ts";

/** A flag, or an option that takes a value. */
export type Option =
  | { readonly text: string; readonly value?: never; readonly required?: never }
  | {
      readonly text: string;
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

export type Asker = Pick<HelperClient, "describe" | "list" | "explain" | "close">;

/** All that a command can reach. Neither the client nor libc is loaded before it is asked for. */
export interface Surroundings {
  readonly version: string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly nowMs: () => number;
  readonly openClient: () => Promise<Asker>;
  readonly policyGround: () => Promise<PolicyGround>;
}

export type Run = (given: Given, surroundings: Surroundings) => Promise<ExitStatus>;

export interface Command {
  readonly summary: string;
  /** The words it takes, as the usage line shows them; those in brackets may be left out. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Paragraphs of its help. */
  readonly about: readonly string[];
  readonly load: () => Promise<Run>;
}
