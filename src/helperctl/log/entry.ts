import { fieldsOf } from "../machine/journal.ts";
import type { AuditRecord } from "./record.ts";
import { parseJson, parseRecord } from "./record.ts";

/** A line that the helper has logged. */
export interface LogEntry {
  readonly cursor: string;
  /** Which run of helper.service wrote it: 32 hexadecimal digits. */
  readonly invocation: string;
  /** Null: the line is about something else. */
  readonly record: AuditRecord | null;
}

const INVOCATION = "_SYSTEMD_INVOCATION_ID";

/**
 * Only the helper's own lines. Everybody may log under the name hub-helper, but these two fields are journald's, as
 * the kernel told it: systemd.journal-fields(7), "Trusted Journal Fields".
 */
const MATCHES = ["_SYSTEMD_UNIT=helper.service", "_UID=0"] as const;

/** journald's priority of a warning, which every refusal is; the index of the journal then finds them fast. */
const REFUSALS = "PRIORITY=4";

export const logArgv = (options: readonly string[], isDenied: boolean): string[] => [
  "journalctl",
  "--no-pager",
  "--quiet",
  "--output=json",
  `--output-fields=MESSAGE,${INVOCATION}`,
  ...options,
  ...MATCHES,
  ...(isDenied ? [REFUSALS] : []),
];

/** Reads a line of journalctl's; null for half a one. */
export function parseLogEntry(line: string): LogEntry | null {
  const fields = fieldsOf(parseJson(line));
  if (fields === null) return null;
  return {
    cursor: fields("__CURSOR"),
    invocation: fields(INVOCATION),
    record: parseRecord(fields("MESSAGE")),
  };
}
