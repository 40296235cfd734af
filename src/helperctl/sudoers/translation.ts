/** Who starts servers: the peer of a rule. */
export interface Hub {
  readonly kind: "user" | "group";
  readonly name: string;
}

/** Whose servers. Names as the policy takes them, each once, in the order of the file. */
export interface Targets {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** What a policy can say. */
export interface Carried extends Targets {
  readonly hub: Hub;
}

/** What a policy could say, but should not without a person who has read why. */
export interface Withheld extends Carried {
  /** Sentences. */
  readonly reasons: readonly string[];
  /** The file said ALL: a group has to be chosen. */
  readonly isForAnybody: boolean;
}

/** What was not carried over. Both are one line each, and may be hostile. */
export interface Note {
  /** A piece of the sudoers file. */
  readonly about: string;
  readonly why: string;
}

/** What a sudoers file becomes. */
export interface Translation {
  readonly carried: readonly Carried[];
  readonly withheld: readonly Withheld[];
  /** Names for the template's `env` beside those that it has anyway. */
  readonly env: readonly string[];
  readonly notes: readonly Note[];
  /** Sentences about names that the rules hold and this machine does not know. */
  readonly missing: readonly string[];
}
