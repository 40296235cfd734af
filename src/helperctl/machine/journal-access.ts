import type { Machine } from "./machine.ts";

/** What reading the system's journal takes: systemd-journald.service(8), "Access Control". */
export const JOURNAL_READERS = "root and the members of the groups systemd-journal and adm";

/**
 * Whether the system's journal is open to whoever asks. journalctl says nothing of a journal that it may not read
 * where there is one that it may, such as an account's own; PID 1 has always said something, and only in the
 * system's.
 */
export async function mayReadJournal(machine: Pick<Machine, "run">): Promise<boolean> {
  const argv = ["journalctl", "--no-pager", "--quiet", "--output=cat", "--lines=1", "_PID=1"];
  const { status, stdout } = await machine.run(argv);
  return status === 0 && stdout !== "";
}
