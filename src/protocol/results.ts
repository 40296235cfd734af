import type { StagedCredential, UnitState } from "./unit-state.ts";

/** The version of the protocol that `describe` answers. */
export const PROTOCOL_VERSION = 1;

/** What a template lets this peer do. */
export interface TemplateDescription {
  default: boolean;
  /** Whether the template has units for named servers. */
  named: boolean;
  methods: string[];
  /** Names that `write-credentials` takes; null where the template has no credentials. */
  credentials: { env: string[]; envPinned: string[]; files: string[]; maxBytes: number } | null;
}

/** The limits in force, by the names that the policy file gives them. */
export interface Limits {
  /** The longest frame that is read, in bytes. */
  frame_bytes: number;
  /** How long a frame may take to arrive once it was begun, in seconds. */
  frame_seconds: number;
  /** Connections in all; a few are kept for uid 0. */
  connections: number;
  connections_per_uid: number;
  in_flight_per_uid: number;
  /** The rate at which a uid's token bucket fills, in verbs a second. */
  verbs_per_second: number;
  /** The size of that bucket, in verbs. */
  verbs_burst: number;
  /** How long the helper stays with nothing to do, in seconds. */
  idle_exit_seconds: number;
}

/** One refusal, as uid 0 sees it. */
export interface Refusal {
  /** RFC 3339, UTC. */
  time: string;
  /** Null when the kernel gave no usable identity. */
  peerUid: number | null;
  method: string;
  reason: string;
}

/** One process that is connected, as uid 0 sees it. */
export interface PeerSummary {
  /** Null when the kernel gave no usable identity. */
  uid: number | null;
  user: string | null;
  /** The process that connected; it may have handed the socket on. */
  pid: number;
  /** The unit that it was in; null where that is not known. */
  unit: string | null;
  connections: number;
}

/** What `describe` adds for uid 0. */
export interface AdminDescription {
  policy: { hash: string; ageSeconds: number; warnings: string[] };
  uptimeSeconds: number;
  /** How often the helper was started since the machine was; null where that is not known. */
  activations: number | null;
  connections: number;
  /** Who is connected, those with the most connections first; at most 100. */
  peers: PeerSummary[];
  /** How often each method was allowed, and how often anything was refused, since the helper started. */
  counts: { allowed: Record<string, number>; refused: number };
  /** Lines of the log that could not be written. */
  lostLogLines: number;
  /** The latest refusals, newest last. */
  lastRefusals: Refusal[];
}

export interface DescribeResult extends Partial<AdminDescription> {
  name: "hub-helper";
  version: string;
  protocol: typeof PROTOCOL_VERSION;
  peer: { uid: number; user: string | null };
  methods: string[];
  templates: Record<string, TemplateDescription>;
  limits: Limits;
}

/** One step on the way to a verdict. */
export interface ExplainStep {
  step: string;
  ok: boolean;
  rule: string | null;
  file: string | null;
  line: number | null;
  text: string;
}

/** A rule, and where it stands. */
export interface RulePlace {
  name: string;
  file: string;
  /** From 1. */
  line: number;
}

/** The rule that lacks least to allow what is refused. */
export interface NearestRule {
  rule: RulePlace;
  /** All that would have to change, as sentences without their full stop. One: that single change would do. */
  changes: string[];
}

export interface ExplainResult {
  allowed: boolean;
  reason: string | null;
  steps: ExplainStep[];
  /** By which rule it is allowed; null for what is refused, and for what needs none. */
  rule: RulePlace | null;
  /** Null for what is allowed, and where nothing that a rule could say would allow it. */
  nearest: NearestRule | null;
}

/** The result of every method. */
export interface Results {
  describe: DescribeResult;
  start: UnitState;
  stop: UnitState;
  "reset-failed": UnitState;
  "write-credentials": { unit: string; credentials: StagedCredential[] };
  "remove-credentials": { unit: string; removed: number };
  status: UnitState;
  list: { units: UnitState[] };
  watch: { subscription: string; units: UnitState[] };
  unwatch: Record<string, never>;
  explain: ExplainResult;
}

// By its own names, and not by the method table: the client's declarations must not need the schemas' package.
export type ResultOf<M extends keyof Results> = Results[M];

/** What a subscription sends: JSON-RPC notifications by method name. */
export interface Notifications {
  "unit-changed": { subscription: string; unit: UnitState };
  "watch-overflow": { subscription: string; units: UnitState[] };
  "watch-ended": { subscription: string };
}

export type NotificationName = keyof Notifications;
