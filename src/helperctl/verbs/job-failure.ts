import type { JobFailedError } from "../../client/error-classes.ts";
import { alignColumns, breakIntoRows } from "../columns.ts";
import { commandLine } from "../command-line.ts";
import { troubleOf } from "../ending.ts";
import { harmless } from "../harmless.ts";
import type { JournalEntry } from "../machine/journal.ts";
import { catchUp, lastEntries, writerOf } from "../machine/journal.ts";
import { ProgramMissing } from "../machine/program.ts";
import { withMachine } from "../machine/with-machine.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import type { Attempt } from "./failures.ts";

const LINES = 10;
const INDENT = "  ";
/** How a message goes on in the next row, and in how many it may. */
const CONTINUED = " ".repeat(9);
const MOST_ROWS = 4;

/** A start limit was reached by the failures before: they are the reason, and what was logged since says nothing. */
const reachesBack = ({ details: { state } }: JobFailedError): boolean => state.result === "start-limit-hit";

async function readJournal(error: JobFailedError, { around, askedAtMs }: Attempt): Promise<JournalEntry[]> {
  const { unit } = error.details;
  const since = reachesBack(error) ? {} : { sinceMs: askedAtMs };
  try {
    return await withMachine(around, async (machine) => {
      await catchUp(machine, around.caller().uid);
      return lastEntries(machine, unit, LINES, since);
    });
  } catch (problem) {
    if (problem instanceof ProgramMissing) return [];
    throw problem;
  }
}

/** A long message goes on below itself, further in than any line of the journal begins; a very long one is cut. */
function renderEntry(entry: JournalEntry, unit: string, screen: Screen): string[] {
  const { timeMs, message } = entry;
  const before = `${new Date(timeMs).toTimeString().slice(0, 8)} ${harmless(writerOf(entry))}: `;
  // systemd names the unit in front of what it says of it; here that is said already.
  const said = harmless(message.startsWith(`${unit}: `) ? message.slice(unit.length + 2) : message);
  const room = (screen.columns ?? Infinity) - 2 * INDENT.length;
  const [first = "", ...more] = breakIntoRows(before + said, room, { lines: MOST_ROWS, indent: CONTINUED });
  const head = first.slice(0, before.length);
  const lines = [paint(screen, "aside", head) + first.slice(head.length), ...more];
  return lines.map((line) => `${INDENT}${INDENT}${line}`);
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
      : [
          `${INDENT}Last lines of its journal:`,
          ...entries.flatMap((entry) => renderEntry(entry, unit, screen)),
        ];
  return [harmless(message), ...table.map((line) => `${INDENT}${line}`), ...journal].join("\n");
}

/** Why systemd could not do it, and what the server itself said last. */
export const explainJob = async (error: JobFailedError, attempt: Attempt): Promise<string> =>
  renderJobFailure(error, await readJournal(error, attempt), attempt.around.complaints);
