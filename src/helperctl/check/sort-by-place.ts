import type { PolicyPaths } from "../../policy/read-files.ts";
import type { Finding } from "../finding.ts";

/** The policy file, its drop-ins, then the files of units, and last what has no place. */
function rankOf({ file }: Finding, paths: PolicyPaths): number {
  if (file === undefined) return 3;
  if (file === paths.file) return 0;
  return file === paths.dropins || file.startsWith(`${paths.dropins}/`) ? 1 : 2;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Findings in the order in which somebody reads the files. */
export const sortByPlace = (findings: readonly Finding[], paths: PolicyPaths): Finding[] =>
  findings.toSorted(
    (a, b) =>
      rankOf(a, paths) - rankOf(b, paths) ||
      compare(a.file ?? "", b.file ?? "") ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      compare(a.unit ?? "", b.unit ?? ""),
  );
