import { posix } from "node:path";
import { SET_LINE, setPathOf } from "./credential-path.ts";
import type { RawUnit, Source } from "./raw-unit.ts";

export const HELPER_DIRECTORY = "/run/hub-helper";
export const STAGED = `${HELPER_DIRECTORY}/credentials`;

/** The path that PID 1 opens, less what leads to the same place: `//`, `.`, `..`, a `/` at the end, and /var/run. */
export function plainPath(path: string): string {
  const plain = posix.normalize(path).replace(/(?<=.)\/$/, "");
  return plain.replace(/^\/+/, "/").replace(/^\/var\/run(?=\/|$)/, "/run");
}

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);

/** Whether PID 1 would read something that the helper keeps: it takes in all that lies below a directory. */
export const readsHelper = ({ path }: Source): boolean =>
  path.startsWith("/") &&
  (isWithin(plainPath(path), HELPER_DIRECTORY) || isWithin(HELPER_DIRECTORY, plainPath(path)));

/** What a source has below the set of its own unit: `""` for the whole set; null: it is not the unit's own. */
export function withinOwnSet(unit: string, { path }: Source): string | null {
  const own = setPathOf(unit);
  const plain = plainPath(path);
  if (own === null || !isWithin(plain, `${STAGED}/${own}`)) return null;
  return plain.slice(`${STAGED}/${own}/`.length);
}

/** Why a source of a unit may be another unit's credentials; null: it is not. */
export function problemOfSource(unit: string, source: Source): string | null {
  if (!readsHelper(source) || withinOwnSet(unit, source) !== null) return null;
  const own = setPathOf(unit);
  const advice = own === null ? "take the line out" : `write ${SET_LINE} in its place`;
  const place = own === null ? "nowhere" : `in ${STAGED}/${own}`;
  const quotes = /["']/.test(source.path) ? " (systemd takes quotes as part of the name and the path)" : "";
  return `its line ${source.line} reads ${source.path}${quotes}, and its own credentials are ${place}; ${advice}`;
}

/** The first source of a unit that may be another unit's credentials. */
export const findForeignSource = ({ Id, Sources }: Pick<RawUnit, "Id" | "Sources">): Source | null =>
  Sources.find((source) => problemOfSource(Id, source) !== null) ?? null;
