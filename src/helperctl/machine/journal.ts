import type { Machine } from "./machine.ts";

/** One entry of the journal, as `journalctl --output=json` gives it: a field is text, bytes, a list, or null where it is too long. */
type JournalField = string | number[] | readonly (string | number[])[] | null;

export interface JournalEntry {
  readonly cursor: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly identifier: string;
  /** As it was logged: hostile until it has been made harmless. */
  readonly message: string;
}

function textOf(field: JournalField | undefined): string {
  if (field === undefined) return "";
  if (field === null) return "(longer than journalctl shows)";
  if (typeof field === "string") return field;
  const isBytes = (value: readonly unknown[]): value is number[] => typeof value[0] === "number";
  return isBytes(field) ? Buffer.from(field).toString("utf8") : textOf(field[0]);
}

/** The fields of an entry as text, by name; null for what is no entry. */
export function fieldsOf(entry: unknown): ((name: string) => string) | null {
  if (typeof entry !== "object" || entry === null) return null;
  const fields = entry as Readonly<Record<string, JournalField | undefined>>;
  return (name) => textOf(fields[name]);
}

/** Reads one line of `journalctl --output=json`. */
export function parseEntry(line: string): JournalEntry {
  const field = fieldsOf(JSON.parse(line)) ?? (() => "");
  return {
    cursor: field("__CURSOR"),
    timeMs: Number(field("__REALTIME_TIMESTAMP")) / 1000,
    identifier: field("SYSLOG_IDENTIFIER") || field("_COMM"),
    message: field("MESSAGE"),
  };
}

export const JOURNALCTL = [
  "journalctl",
  "--no-pager",
  "--quiet",
  "--output=json",
  "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_COMM",
] as const;

export interface Since {
  /** Milliseconds since 1970; as far back as the journal goes if not given. */
  readonly sinceMs?: number;
}

/** The latest entries about a unit, its own and systemd's about it, the oldest first. Empty for whoever may not read them. */
export async function lastEntries(
  machine: Machine,
  unit: string,
  count: number,
  { sinceMs }: Since = {},
): Promise<JournalEntry[]> {
  const since = sinceMs === undefined ? [] : [`--since=@${(sinceMs / 1000).toFixed(3)}`];
  // From the end: from --since on, journalctl before 254 would count forwards, and give the first lines.
  const argv = [...JOURNALCTL, "--reverse", `--unit=${unit}`, `--lines=${count}`, ...since];
  const { stdout } = await machine.run(argv);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(parseEntry)
    .reverse();
}
