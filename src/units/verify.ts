import { findForeignSource, problemOfSource } from "./credential-sources.ts";
import type { UnitName } from "./pattern.ts";
import type { ExecLine, RawUnit, UnitGlance } from "./raw-unit.ts";

/** What the outside says of a loaded unit. */
export interface Surroundings {
  /** The uid that the unit must run as. */
  readonly uid: number;
  /** Whether that is the account of the target, `run_as = "{user}"`. */
  readonly isTarget: boolean;
  /** The uid that `User=` names; null when it names nobody. An empty one is root. */
  readonly userUid: number | null;
  /** What is wrong with the ownership of its fragment or a drop-in, as a sentence without its full stop; null: nothing. */
  readonly fileProblem: string | null;
  /** Whether `PermissionsStartOnly=` takes `User=` away from every exec line but ExecStart=. */
  readonly startOnly: boolean;
}

export type Verification =
  { readonly kind: "not-found" } | { readonly kind: "refused"; readonly problem: string } | null;

/** What a unit can be refused for. */
export type UnitFault =
  | "masked"
  | "not-loaded"
  | "transient"
  | "no-file"
  | "file-owner"
  | "dynamic-user"
  | "user"
  | "start-only"
  | "standard-output"
  | "standard-error"
  | "elevated"
  | "credentials";

interface FaultRule {
  readonly fault: UnitFault;
  /** A sentence without its full stop; null: it does not have this fault. */
  readonly judge: (raw: RawUnit, around: Surroundings) => string | null;
}

const rule = (fault: UnitFault, judge: FaultRule["judge"]): FaultRule => ({ fault, judge });
const when = (holds: boolean, problem: string): string | null => (holds ? problem : null);

/** `-`, `:` and `@` are harmless; each of these runs the line with more than `User=` has. */
const ELEVATED: Partial<Record<string, string>> = { privileged: "+", "no-setuid": "!", ambient: "!!" };

/** The prefix that gives a command line more than `User=` has; null: it has none. */
export const elevationOf = (line: ExecLine): string | null =>
  line.flags.map((flag) => ELEVATED[flag]).find((found) => found !== undefined) ?? null;

function judgeElevated({ ExecLines }: RawUnit): string | null {
  const line = ExecLines.find((each) => elevationOf(each) !== null);
  return line === undefined
    ? null
    : `its ${line.directive}= line for ${line.path} begins with ${elevationOf(line) ?? ""}`;
}

function judgeSources(raw: RawUnit): string | null {
  const source = findForeignSource(raw);
  return source === null ? null : problemOfSource(raw.Id, source);
}

/** PID 1 opens these as root, before `User=` counts: a link of the account's there leads into any file. */
const OPENED_AS_ROOT: ReadonlySet<string> = new Set(["file", "append", "truncate"]);

const judgeStream =
  (key: "StandardOutput" | "StandardError") =>
  (raw: RawUnit, { isTarget }: Surroundings): string | null =>
    when(
      isTarget && OPENED_AS_ROOT.has(raw[key]),
      `its ${key}=${raw[key]}: has systemd write a file as root, and the account could put a link in its place`,
    );

/** Without these nothing that systemd says of the unit means anything. */
const STATE_RULES: readonly FaultRule[] = [
  rule("masked", ({ LoadState }) => when(LoadState === "masked", "it is masked")),
  rule("not-loaded", ({ LoadState }) =>
    when(LoadState !== "loaded", `systemd could not load it (${LoadState})`),
  ),
  rule("transient", ({ Transient }) =>
    when(Transient, "it is transient: no file of root's stands behind it"),
  ),
  rule("no-file", ({ FragmentPath }) => when(FragmentPath === "", "no unit file stands behind it")),
];

const RULES: readonly FaultRule[] = [
  rule("file-owner", (_, { fileProblem }) => fileProblem),
  rule("dynamic-user", ({ DynamicUser }) =>
    when(DynamicUser, "it has DynamicUser=, so that User= is not an account"),
  ),
  rule("user", ({ DynamicUser }, { uid, userUid }) => {
    if (DynamicUser) return null;
    if (userUid === null) return "its User= is not an account";
    return when(userUid !== uid, "its User= is not the account that the policy says");
  }),
  rule("start-only", (_, { uid, startOnly }) =>
    when(startOnly && uid !== 0, "it has PermissionsStartOnly=, so that not all of its lines run as User="),
  ),
  rule("standard-output", judgeStream("StandardOutput")),
  rule("standard-error", judgeStream("StandardError")),
  rule("elevated", (raw, { uid }) => (uid === 0 ? null : judgeElevated(raw))),
  // PID 1's own reading of the lines: it spells the path that the helper stages at, or the start would leak.
  rule("credentials", judgeSources),
];

const apply = (rules: readonly FaultRule[], raw: RawUnit, around: Surroundings) =>
  rules.flatMap(({ fault, judge }) => {
    const problem = judge(raw, around);
    return problem === null ? [] : [{ fault, problem }];
  });

/** Everything that a unit which was found would be refused for, the first first. */
export function faultsOf(
  raw: RawUnit,
  around: Surroundings,
): { readonly fault: UnitFault; readonly problem: string }[] {
  const state = apply(STATE_RULES, raw, around).slice(0, 1);
  return state.length > 0 ? state : apply(RULES, raw, around);
}

/** The name that systemd knows the unit by must be the one that was asked for: an alias leads to another unit. */
export const verifyId = (unit: UnitName, raw: UnitGlance): Verification =>
  raw.Id === unit ? null : { kind: "refused", problem: "the name is an alias of another unit" };

/** Judges whether a loaded unit is what its template promises, before anything is done for it. */
export function verifyUnit(unit: UnitName, raw: RawUnit, around: Surroundings): Verification {
  const alias = verifyId(unit, raw);
  if (alias) return alias;
  if (raw.LoadState === "not-found") return { kind: "not-found" };
  const [first] = faultsOf(raw, around);
  return first === undefined ? null : { kind: "refused", problem: first.problem };
}
