import type { JobFailedError } from "../../client/error-classes.ts";
import { alignColumns, fit } from "../columns.ts";
import { commandLine } from "../command-line.ts";
import { troubleOf } from "../ending.ts";
import { harmless } from "../harmless.ts";
import type { JournalEntry } from "../machine/journal.ts";
import { lastEntries } from "../machine/journal.ts";
import { ProgramMissing } from "../machine/program.ts";
import { withMachine } from "../machine/with-machine.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import type { Attempt } from "./failures.ts";

const LINES = 10;
const INDENT = "  ";

/** A start limit was reached by the failures before: they are the reason, and what was logged since says nothing. */
const reachesBack = ({ details: { state } }: JobFailedError): boolean => state.result === "start-limit-hit";

async function readJournal(error: JobFailedError, { around, askedAtMs }: Attempt): Promise<JournalEntry[]> {
  const { unit } = error.details;
  const since = reachesBack(error) ? {} : { sinceMs: askedAtMs };
  try {
    return await withMachine(around, async (machine) => {
      // What a process said just before its end may be on its way still; only root may ask journald to hurry.
      if (around.caller().uid === 0) await machine.run(["journalctl", "--sync"]);
      return lastEntries(machine, unit, LINES, since);
    });
  } catch (problem) {
    if (problem instanceof ProgramMissing) return [];
    throw problem;
  }
}

function renderEntry({ timeMs, identifier, message }: JournalEntry, screen: Screen): string {
  const before = `${new Date(timeMs).toTimeString().slice(0, 8)} ${harmless(identifier)}: `;
  const line = fit(`${before}${harmless(message)}`, (screen.columns ?? Infinity) - 2 * INDENT.length);
  const said = line.slice(before.length);
  return `${INDENT}${INDENT}${paint(screen, "aside", line.slice(0, before.length))}${said}`;
}

/** The facts below the sentence, and what the journal has. */
export function renderJobFailure(
  { message, details }: JobFailedError,
  entries: readonly JournalEntry[],
  screen: Screen,
): string {
  const { unit, jobResult, state } = details;
  const facts = [
    ["unit", unit],
    ["state", `${state.activeState} (${state.subState})`],
    ["result", troubleOf(state) ?? state.result ?? "-"],
    ["job", jobResult],
  ].map(([title = "", text = ""]) => [{ text: title, role: "aside" } as const, { text: harmless(text) }]);
  const columns = screen.columns === null ? null : screen.columns - INDENT.length;
  const table = alignColumns(facts, { screen: { ...screen, columns }, shrink: [1] });
  const journalctl = commandLine(["journalctl", `--unit=${unit}`]);
  const journal =
    entries.length === 0
      ? [`${INDENT}Its journal has no line that you may read since then; as root: ${journalctl}`]
      : [`${INDENT}Last lines of its journal:`, ...entries.map((entry) => renderEntry(entry, screen))];
  return [harmless(message), ...table.map((line) => `${INDENT}${line}`), ...journal].join("\n");
}

/** Why systemd could not do it, and what the server itself said last. */
export const explainJob = async (error: JobFailedError, attempt: Attempt): Promise<string> =>
  renderJobFailure(error, await readJournal(error, attempt), attempt.around.complaints);
