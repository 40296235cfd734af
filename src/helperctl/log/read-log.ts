import type { Machine } from "../machine/machine.ts";
import type { LogEntry } from "./entry.ts";
import { logArgv, parseLogEntry } from "./entry.ts";
import type { AuditRecord } from "./record.ts";

/** Which records are wanted. */
export interface LogFilter {
  readonly user?: string | undefined;
  readonly unit?: string | undefined;
  /** The id of the request, as its sender chose it; one that is a number, in digits. */
  readonly id?: string | undefined;
  readonly isDenied?: boolean;
  /** As journalctl takes it. */
  readonly since?: string | undefined;
  /** How many of the helper's latest lines are looked at; all if not given. */
  readonly within?: number | undefined;
}

export const isWanted = ({ user, unit, id, isDenied = false }: LogFilter, record: AuditRecord): boolean =>
  (user === undefined || record.user === user) &&
  (unit === undefined || record.unit === unit) &&
  (id === undefined || String(record.requestId) === id) &&
  (!isDenied || (record.event === "audit" && record.decision === "refused"));

const sinceOption = ({ since }: LogFilter): string[] => (since === undefined ? [] : [`--since=${since}`]);

/** Entries as they come, those about unwanted records without them: who wrote them still matters. */
async function* read(
  machine: Pick<Machine, "lines">,
  filter: LogFilter,
  options: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<LogEntry, void> {
  for await (const line of machine.lines(logArgv(options, filter.isDenied ?? false), signal)) {
    const entry = parseLogEntry(line);
    if (entry === null) continue;
    const { record } = entry;
    yield record !== null && isWanted(filter, record) ? entry : { ...entry, record: null };
  }
}

/** Everything since the filter's time, the oldest first. */
export const readAll = (
  machine: Pick<Machine, "lines">,
  filter: LogFilter,
  isFollowed: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, void> =>
  read(machine, filter, [...sinceOption(filter), ...(isFollowed ? ["--follow", "--no-tail"] : [])], signal);

/** What comes after an entry, as it comes; null: all that comes. */
export const readOn = (
  machine: Pick<Machine, "lines">,
  filter: LogFilter,
  cursor: string | null,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, void> => {
  const from = cursor === null ? sinceOption(filter) : [`--after-cursor=${cursor}`];
  return read(machine, filter, [...from, "--follow", "--no-tail"], signal);
};

/** The end of the log. */
export interface Tail {
  /** Those with a wanted record, the oldest first. */
  readonly entries: readonly LogEntry[];
  /** Where the journal ended when it was read; null: it has nothing of the helper's. */
  readonly cursor: string | null;
}

/** The latest decisions, so many; read backwards, so that it takes the same time however long the log is. */
export async function readTail(
  machine: Pick<Machine, "lines">,
  filter: LogFilter,
  count: number,
  signal?: AbortSignal,
): Promise<Tail> {
  const entries: LogEntry[] = [];
  const ended = new Set<string>();
  let cursor: string | null = null;
  let decisions = 0;
  const { within } = filter;
  const options = [
    ...sinceOption(filter),
    "--reverse",
    ...(within === undefined ? [] : [`--lines=${within}`]),
  ];
  for await (const entry of read(machine, filter, options, signal)) {
    cursor ??= entry.cursor;
    const { record } = entry;
    if (record === null) continue;
    // Backwards, the end of a verb comes before its beginning.
    if (record.event === "begin" && ended.has(record.audit)) continue;
    if (record.event === "audit") ended.add(record.audit);
    entries.push(entry);
    if (++decisions === count) break;
  }
  return { entries: entries.toReversed(), cursor };
}
