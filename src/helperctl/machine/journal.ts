import { ifReachable } from "../doctor/if-reachable.ts";
import type { Machine } from "./machine.ts";

/** One entry of the journal, as `journalctl --output=json` gives it: a field is text, bytes, a list, or null where it is too long. */
type JournalField = string | number[] | readonly (string | number[])[] | null;

export interface JournalEntry {
  readonly cursor: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** As the process calls itself: any process may say `systemd`. */
  readonly identifier: string;
  /** As the kernel told journald; null where there is none. */
  readonly pid: number | null;
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

/** An identifier that does not read like more than one. */
const PLAIN = /^[\p{L}\p{Nd}_.@()/+-]+$/u;

/** Who wrote a line, for a person. Only PID 1 is shown without its number: nobody else can write as `systemd` alone. */
export function writerOf({ identifier, pid }: Pick<JournalEntry, "identifier" | "pid">): string {
  if (pid === 1) return identifier;
  return `${PLAIN.test(identifier) ? identifier : JSON.stringify(identifier)}[${pid ?? "?"}]`;
}

/** Reads one line of `journalctl --output=json`. */
export function parseEntry(line: string): JournalEntry {
  const field = fieldsOf(JSON.parse(line)) ?? (() => "");
  return {
    cursor: field("__CURSOR"),
    timeMs: Number(field("__REALTIME_TIMESTAMP")) / 1000,
    identifier: field("SYSLOG_IDENTIFIER") || field("_COMM"),
    pid: field("_PID") === "" ? null : Number(field("_PID")),
    message: field("MESSAGE"),
  };
}

export const JOURNALCTL = [
  "journalctl",
  "--no-pager",
  "--quiet",
  "--output=json",
  "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_COMM,_PID",
] as const;

/** systemd.journal-fields(7): a record of systemd-coredump. */
const CORE_DUMP = "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1";

/**
 * What `journalctl --unit=` asks for, and the lines of a process that systemd has forked for the unit and that ended
 * before journald looked at its cgroup. Such a line names the unit (UNIT=), but journald could not confirm it: it counts
 * from root, and from the unit's own account, which can write into its unit's log anyway.
 */
export function matchesFor(unit: string, uid: number | null): string[] {
  const alternatives = [
    [`_SYSTEMD_UNIT=${unit}`],
    ["_UID=0", `UNIT=${unit}`],
    ["_UID=0", `OBJECT_SYSTEMD_UNIT=${unit}`],
    ["_UID=0", CORE_DUMP, `COREDUMP_UNIT=${unit}`],
    ...(uid === null || uid === 0 ? [] : [[`_UID=${uid}`, `UNIT=${unit}`]]),
  ];
  return alternatives.flatMap((fields, at) => (at === 0 ? fields : ["+", ...fields]));
}

/** The account of a unit's processes; null where systemd does not know one. */
async function uidOf({ systemd, accounts }: Machine, unit: string): Promise<number | null> {
  const properties = await ifReachable(systemd.unit(unit));
  const user = properties?.["User"];
  return typeof user !== "string" || user === "" ? null : ((await accounts.user(user))?.uid ?? null);
}

const SYNC_TIMEOUT_MS = 10_000;

/** Resolves when the journal has what was logged before, or after a while. Only root may ask journald for that. */
export async function catchUp({ run }: Pick<Machine, "run">, callerUid: number): Promise<void> {
  if (callerUid !== 0) return;
  // timeout(1) bounds it: a journal that is late is shown as it is.
  await run(["timeout", String(SYNC_TIMEOUT_MS / 1000), "journalctl", "--sync"]);
}

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
  const uid = await uidOf(machine, unit);
  const since = sinceMs === undefined ? [] : [`--since=@${(sinceMs / 1000).toFixed(3)}`];
  // From the end: from --since on, journalctl before 254 would count forwards, and give the first lines.
  const argv = [...JOURNALCTL, "--reverse", `--lines=${count}`, ...since, ...matchesFor(unit, uid)];
  const { stdout } = await machine.run(argv);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(parseEntry)
    .reverse();
}
