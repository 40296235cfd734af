import type { RuleMethod } from "../protocol/methods.ts";
import type { ExplainStep, Limits } from "../protocol/results.ts";
import type { Target, TemplateName, UserName } from "../protocol/target.ts";
import type { UnitName, UnitPattern } from "../units/pattern.ts";

/** An entry of the account database, with all its groups. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Every group the account is in, its primary one included. */
  readonly groups: readonly number[];
}

/** The name service switch, as far as a policy needs it. Null: no such entry. Rejects when it cannot be asked. */
export interface NameService {
  userByName(name: string): Promise<Account | null>;
  groupByName(name: string): Promise<number | null>;
}

/** A place in a policy file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface PolicyProblem extends Partial<Place> {
  readonly text: string;
  /** Whether it is about the file as a whole: its place is then only where that begins. */
  readonly isWhole?: boolean;
  /** A command for root that mends it, as program and arguments; left out where no command can. */
  readonly mend?: readonly string[];
}

/** What `write-credentials` may write for a template. */
export interface CredentialRules {
  readonly files: ReadonlySet<string>;
  readonly env: ReadonlySet<string>;
  /** Values by name; they may hold `{user}` and `{server}`. */
  readonly envPinned: ReadonlyMap<string, string>;
  readonly maxBytes: number;
}

/** A named kind of unit. */
export interface Template {
  readonly name: TemplateName;
  readonly default: boolean;
  readonly unit: UnitPattern;
  /** Null: no named servers. */
  readonly namedUnit: UnitPattern | null;
  /** The account that the unit's `User=` must be; null stands for the target's own. */
  readonly runAs: string | null;
  /** How long after `done` a start is answered, in milliseconds. */
  readonly settleMs: number;
  readonly credentials: CredentialRules | null;
  readonly place: Place;
}

/** One `[[allow]]`. */
export interface Rule {
  readonly name: string;
  /** What is not null must hold. `user` and `group` are the names that the ids were resolved from. */
  readonly peer: {
    readonly user: string | null;
    readonly uid: number | null;
    readonly group: string | null;
    readonly gid: number | null;
    readonly unit: string | null;
  };
  readonly methods: ReadonlySet<RuleMethod>;
  readonly templates: ReadonlySet<TemplateName>;
  /** Either suffices: being one of `users`, or in `group`. */
  readonly target: {
    readonly users: ReadonlySet<UserName>;
    readonly group: string | null;
    readonly minUid: number;
  };
  readonly place: Place;
}

export interface Policy {
  /** SHA-256 over the names and bytes of every file, in hexadecimal. */
  readonly hash: string;
  readonly limits: Readonly<Limits>;
  readonly templates: ReadonlyMap<TemplateName, Template>;
  readonly rules: readonly Rule[];
  /** What loads but smells. */
  readonly warnings: readonly PolicyProblem[];
}

/** Who is at the other end, as the kernel and PID 1 said when the connection was accepted. */
export interface Peer {
  /** Null when the kernel gave no usable identity. */
  readonly uid: number | null;
  readonly gid: number;
  /** SO_PEERGROUPS. */
  readonly groups: readonly number[];
  /** Null when it is not known, or when the process that connected is gone. */
  readonly unit: string | null;
}

/** What a peer asks for; names as they came. `target` is null where the method has none. */
export interface Question {
  readonly method: string;
  readonly target: { readonly template?: string; readonly user: string; readonly server: string } | null;
  /** The template that `list` and `watch` are narrowed to. */
  readonly template?: string;
}

/** The record that the helper wrote before it started a unit, while it is valid. */
export interface StartRecord {
  readonly rule: string;
  readonly peerUid: number;
}

/** What is wrong with the unit behind a target. */
export type UnitProblem =
  { readonly kind: "not-found" } | { readonly kind: "refused"; readonly problem: string };

/**
 * What the world says. A member is left out until `decide` asks for it, so that nothing is looked up for a peer
 * whom an earlier step refuses.
 */
export interface Facts {
  /** The target's account, and the gids of the groups that rules name (null: no such group). */
  readonly account?: { readonly entry: Account | null; readonly gids: ReadonlyMap<string, number | null> };
  /** Asked for only where the account is not eligible (any more). */
  readonly record?: StartRecord | null;
  readonly unit?: UnitProblem | null;
  /** How long until the limit lets the verb through, in milliseconds; 0: it does now. */
  readonly limits?: { readonly retryAfterMs: number };
}

export type FactName = keyof Facts;

export type Reason =
  | "peer-unreadable"
  | "peer-no-rule"
  | "peer-outside-unit"
  | "method-not-allowed"
  | "template-not-allowed"
  | "target-syntax"
  | "target-unknown"
  | "target-forbidden"
  | "target-not-eligible"
  | "unit-mismatch"
  | "limited";

export interface Resolved {
  readonly target: Target;
  readonly template: Template;
  readonly unit: UnitName;
}

interface Walked {
  /** The steps taken so far, for `explain`. */
  readonly steps: readonly ExplainStep[];
  /** Null until the target's names have been parsed. */
  readonly resolved: Resolved | null;
}

export interface Allowed extends Walked {
  readonly verdict: "allow";
  /** Null: uid 0 may look without a rule, and sessions need none of their own. */
  readonly rule: Rule | null;
  /** The target's account; null where it was not asked for or is gone. */
  readonly account: Account | null;
}

export interface Refused extends Walked {
  readonly verdict: "refuse";
  readonly reason: Reason;
  /** For `target-syntax`: which member of the params, and what is wrong with it. */
  readonly syntax: { readonly path: string; readonly problem: string } | null;
}

export interface Needs extends Walked {
  readonly verdict: "need";
  readonly fact: FactName;
  /** With `account`: names of the groups whose gids are wanted. */
  readonly groups: readonly string[];
  /** With `unit` and `limits`: the account so far. */
  readonly account: Account | null;
}

export type Decision = Allowed | Refused | Needs;
