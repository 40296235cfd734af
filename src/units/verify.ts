import type { UnitName } from "./pattern.ts";
import type { ExecLine, RawUnit, UnitGlance } from "./raw-unit.ts";

/** What the outside says of a loaded unit. */
export interface Surroundings {
  /** The uid that the unit must run as. */
  readonly uid: number;
  /** The uid that `User=` names; null when it names nobody. An empty one is root. */
  readonly userUid: number | null;
  /** What is wrong with the ownership of its fragment or a drop-in, as a sentence without its full stop; null: nothing. */
  readonly fileProblem: string | null;
  /** Whether `PermissionsStartOnly=` takes `User=` away from every exec line but ExecStart=. */
  readonly startOnly: boolean;
}

export type Verification =
  { readonly kind: "not-found" } | { readonly kind: "refused"; readonly problem: string } | null;

/** `-`, `:` and `@` are harmless; each of these runs the line with more than `User=` has. */
const ELEVATED: Partial<Record<string, string>> = { privileged: "+", "no-setuid": "!", ambient: "!!" };

const LOADED = "loaded";

const elevated = (line: ExecLine): string | null => {
  const prefix = line.flags.map((flag) => ELEVATED[flag]).find((found) => found !== undefined);
  return prefix === undefined ? null : `its ${line.directive}= line for ${line.path} begins with ${prefix}`;
};

/** The name that systemd knows the unit by must be the one that was asked for: an alias leads to another unit. */
export const verifyId = (unit: UnitName, raw: UnitGlance): Verification =>
  raw.Id === unit ? null : { kind: "refused", problem: "the name is an alias of another unit" };

/** Judges whether a loaded unit is what its template promises, before anything is done for it. */
export function verifyUnit(unit: UnitName, raw: RawUnit, around: Surroundings): Verification {
  const alias = verifyId(unit, raw);
  if (alias) return alias;
  if (raw.LoadState === "not-found") return { kind: "not-found" };
  const problem = problemOf(raw, around);
  return problem === null ? null : { kind: "refused", problem };
}

function problemOf(raw: RawUnit, around: Surroundings): string | null {
  if (raw.LoadState === "masked") return "it is masked";
  if (raw.LoadState !== LOADED) return `systemd could not load it (${raw.LoadState})`;
  if (raw.Transient) return "it is transient: no file of root's stands behind it";
  if (raw.FragmentPath === "") return "no unit file stands behind it";
  if (around.fileProblem !== null) return around.fileProblem;
  if (raw.DynamicUser) return "it has DynamicUser=, so that User= is not an account";
  if (around.userUid === null) return "its User= is not an account";
  if (around.userUid !== around.uid) return "its User= is not the account that the policy says";
  if (around.uid === 0) return null;
  if (around.startOnly) return "it has PermissionsStartOnly=, so that not all of its lines run as User=";
  return raw.ExecLines.map(elevated).find((found) => found !== null) ?? null;
}
