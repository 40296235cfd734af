import { createHash } from "node:crypto";
import { UntrustedPathError, listSafely, readSafely } from "./open-safely.ts";
import type { Trust } from "./open-safely.ts";
import type { PlacedProblem } from "./problem.ts";

export interface PolicyPaths {
  readonly file: string;
  /** A directory whose `*.toml` are read as well; it need not exist. */
  readonly dropins: string;
}

/** One file as it was read. */
export interface PolicyBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ReadFiles {
  /** The order in which files count: the policy file, then its drop-ins. */
  readonly paths: readonly string[];
  /** Those that could be read, in that order. */
  readonly files: readonly PolicyBytes[];
  readonly problems: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
}

export const MAX_FILE_BYTES = 1_048_576;
const DROPIN_NAME = /^[a-z0-9-]+\.toml$/;

const atTheTop = (file: string, text: string): PlacedProblem => ({
  file,
  line: 1,
  column: 1,
  text,
  isWhole: true,
});

/** Runs `read`; what cannot be trusted becomes a problem of that file. */
function attempt<T>(file: string, problems: PlacedProblem[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UntrustedPathError)) throw error;
    const { mend } = error;
    problems.push({ ...atTheTop(file, error.message), ...(mend === null ? {} : { mend }) });
    return null;
  }
}

function listDropins(directory: string, trust: Trust): string[] {
  try {
    return listSafely(directory, trust);
  } catch (error) {
    if (error instanceof UntrustedPathError && error.missing) return [];
    throw error;
  }
}

/** Reads the policy file and its drop-ins. */
export function readFiles(paths: PolicyPaths, trust: Trust): ReadFiles {
  const problems: PlacedProblem[] = [];
  const names = attempt(paths.dropins, problems, () => listDropins(paths.dropins, trust)) ?? [];
  const dropins = names.filter((name) => DROPIN_NAME.test(name)).map((name) => `${paths.dropins}/${name}`);
  const inOrder = [paths.file, ...dropins];
  const files = inOrder.flatMap((path) => {
    const bytes = attempt(path, problems, () => readSafely(path, MAX_FILE_BYTES, trust));
    return bytes === null ? [] : [{ path, bytes }];
  });
  const warnings = names
    .filter((name) => !DROPIN_NAME.test(name))
    .map((name) => `${paths.dropins}/${name}`)
    .map((path) => atTheTop(path, "is not read: a drop-in is named by a-z, 0-9 and -, and ends in .toml"));
  return { paths: inOrder, files, problems, warnings };
}

/** SHA-256 over the names and bytes of files, each with its length before it. */
export function hashFiles(files: readonly PolicyBytes[]): string {
  const hash = createHash("sha256");
  for (const { path, bytes } of files) {
    hash.update(`${Buffer.byteLength(path)}:${path}${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}
