/** What one item of a list of users, of accounts to run as, or of hosts names. `self` is whoever asks. */
export type MemberKind =
  | "all"
  | "self"
  | "user"
  | "uid"
  | "group"
  | "gid"
  | "netgroup"
  | "foreign-group"
  | "host"
  | "address"
  | "alias";

export interface Member {
  readonly kind: MemberKind;
  /** As it was written, without the mark in front of it; an id in decimal. From outside, and hostile. */
  readonly name: string;
  /** Written with `!`: it takes away what the list has given before. */
  readonly negated: boolean;
}

export interface SudoCommand {
  /** Path and arguments as they were written, or the name of an alias, or `ALL`. Hostile. */
  readonly command: string;
  readonly isAlias: boolean;
  readonly negated: boolean;
  /** Whether the command must have a certain digest. */
  readonly hasDigest: boolean;
}

/** `authenticate: false` is NOPASSWD. */
export interface SudoOption {
  readonly name: string;
  readonly value: string | number | boolean | readonly string[];
  /** What is done with a list. */
  readonly operation: "list_add" | "list_remove" | "list_assign" | null;
}

/** What a user may run, as whom: one part of a user specification. */
export interface Grant {
  /** Null: nobody is named, which means root, or whom runas_default names. */
  readonly runas: readonly Member[] | null;
  readonly runasGroups: readonly Member[];
  readonly options: readonly SudoOption[];
  readonly commands: readonly SudoCommand[];
}

/** A user specification: `users hosts = grants`. */
export interface UserSpec {
  readonly users: readonly Member[];
  readonly hosts: readonly Member[];
  readonly grants: readonly Grant[];
}

/** A line of `Defaults`. For whom: cvtsudoers does not tell `Defaults:zoe` from `Defaults>zoe`. */
export interface Defaults {
  /** Empty: for everything. */
  readonly members: readonly Member[];
  /** Empty: whatever is run. */
  readonly commands: readonly SudoCommand[];
  readonly options: readonly SudoOption[];
}

/** An `@include` or `@includedir`. It is never followed. */
export interface Include {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** A sudoers file. All that is in it may be hostile. */
export interface Sudoers {
  /** The path, or `standard input`. */
  readonly source: string;
  /** In these an alias that is a member of another has been put in its place already, where it is defined. */
  readonly userAliases: ReadonlyMap<string, readonly Member[]>;
  readonly runasAliases: ReadonlyMap<string, readonly Member[]>;
  readonly hostAliases: ReadonlyMap<string, readonly Member[]>;
  readonly commandAliases: ReadonlyMap<string, readonly SudoCommand[]>;
  readonly defaults: readonly Defaults[];
  readonly specs: readonly UserSpec[];
  readonly includes: readonly Include[];
  /** What cvtsudoers complained of, and took all the same; one line each. */
  readonly warnings: readonly string[];
}
