import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SET_LINE, setPathOf } from "../../src/units/credential-path.ts";
import type { Testbed } from "../../testbed/index.ts";

export const RUN = "/run/hub-helper";
export const CREDENTIALS = `${RUN}/credentials`;

/** The lines of a unit's [Service] that take the staged set, as the examples do. */
export const TAKES_CREDENTIALS = [SET_LINE];

/** Where the set of a unit is staged. */
export function stagedAt(unit: string): string {
  const path = setPathOf(unit);
  if (path === null) throw new Error(`${unit} can have no set`);
  return `${CREDENTIALS}/${path}`;
}

/** The content of each file in a directory of the testbed, by name. */
export function filesIn(testbed: Testbed, directory: string): Record<string, string> {
  const path = testbed.root + directory;
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")]));
}

/** The set that is staged for a unit. */
export const stagedFor = (testbed: Testbed, unit: string): Record<string, string> =>
  filesIn(testbed, stagedAt(unit));

/** What a running unit was given, under the names that LoadCredential= of a directory makes: `hub_env` and so on. */
export const givenTo = (testbed: Testbed, unit: string): Record<string, string> =>
  filesIn(testbed, `/run/credentials/${unit}`);

/** Owner and mode, as "uid:gid mode". */
export function accessOf(testbed: Testbed, path: string): string {
  const { uid, gid, mode } = statSync(testbed.root + path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
}
