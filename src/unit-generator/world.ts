import type { Trust } from "../policy/open-safely.ts";
import type { LookUp } from "./account.ts";

/** What the generator works with. */
export interface World {
  /** Where the site's templates stand. */
  readonly templates: string;
  /** Where units are written. */
  readonly units: string;
  /** Where the admin's own units stand: they count before those that are written. */
  readonly admin: string;
  /** Where the units of packages stand, which count after those that are written. */
  readonly system: readonly string[];
  /** Whose directories and files are believed. */
  readonly trust: Trust;
  readonly lookUp: LookUp;
  /** Takes a line for the journal. */
  readonly say: (line: string) => void;
}
