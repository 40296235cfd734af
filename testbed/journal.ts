import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** One record of the journal: systemd.journal-fields(7). A field that occurs more than once is joined by newlines. */
export type JournalEntry = Readonly<Record<string, string>>;

export interface JournalFilter {
  readonly unit?: string;
  readonly since?: Date;
  /** Such as "PRIORITY=3" or "_UID=1000", as journalctl(1) takes them. */
  readonly match?: readonly string[];
}

export const journalctl = ({ unit, since, match = [] }: JournalFilter): string[] => [
  "journalctl",
  "--output=json",
  "--all",
  "--quiet",
  "--no-pager",
  ...(unit === undefined ? [] : [`--unit=${unit}`]),
  ...(since === undefined ? [] : [`--since=@${since.getTime() / 1000}`]),
  ...match,
];

export function parseEntry(line: string): JournalEntry {
  const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(fields.map(([name, value]) => [name, toText(value)]));
}

/** journalctl writes what is not UTF-8 as an array of bytes, and a repeated field as an array of values. */
function toText(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "string" ? value : "";
  if (value.every((item) => typeof item === "number")) return Buffer.from(value).toString("utf8");
  return value.map(toText).join("\n");
}

/** Yields what a `journalctl --follow` says until the consumer stops, or throws when the time is up. */
export async function* followEntries(
  follower: ChildProcess,
  timeoutMs: number,
): AsyncGenerator<JournalEntry, void, undefined> {
  if (follower.stdout === null) throw new TypeError("The follower's output must be a pipe.");
  const deadline = AbortSignal.timeout(timeoutMs);
  const kill = (): boolean => follower.kill("SIGKILL");
  deadline.addEventListener("abort", kill);
  try {
    for await (const line of createInterface({ input: follower.stdout })) yield parseEntry(line);
    throw new Error(
      deadline.aborted ? `The journal did not say so in ${timeoutMs} ms.` : "The journal ended.",
    );
  } finally {
    deadline.removeEventListener("abort", kill);
    kill();
  }
}
