import { numberOf } from "../arguments.ts";
import type { Given, Run, Surroundings } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmlessJsonLine } from "../harmless.ts";
import { AccountNames } from "../log/account-names.ts";
import type { LogEntry } from "../log/entry.ts";
import { logArgv } from "../log/entry.ts";
import { renderDecision } from "../log/line.ts";
import type { Decision } from "../log/pairing.ts";
import { Pairing } from "../log/pairing.ts";
import type { LogFilter } from "../log/read-log.ts";
import { readAll, readOn, readTail } from "../log/read-log.ts";
import { runningHelper } from "../log/running-helper.ts";
import { JOURNAL_READERS, mayReadJournal } from "../machine/journal-access.ts";
import { catchUp } from "../machine/journal.ts";
import type { Machine } from "../machine/machine.ts";
import { withMachine } from "../machine/with-machine.ts";
import { UsageError } from "../usage-error.ts";

const MOST_LINES = 1_000_000;
const USUAL_LINES = { all: 100, followed: 10 } as const;

const NONE = "The audit log has no records.\n";
const NONE_OF_THESE = "The audit log has no such records.\n";

/** @throws Error for whoever may not read the log; UsageError where journalctl does not understand the time */
async function checkReadable(machine: Machine, { since }: LogFilter): Promise<void> {
  if (!(await mayReadJournal(machine))) {
    throw new Error(
      `The audit log is in the system's journal, and nothing of that can be read here: that is for ${JOURNAL_READERS}.`,
    );
  }
  if (since === undefined) return;
  const { status, stderr } = await machine.run(logArgv([`--since=${since}`, "--lines=0"], false));
  if (status !== 0) throw new UsageError(`--since ${since}: ${stderr.trim()}.`);
}

/** Prints what it is told of, and counts it. */
class Teller {
  readonly #names: AccountNames;
  readonly #isJson: boolean;
  readonly #around: Surroundings;
  told = 0;

  constructor(machine: Machine, isJson: boolean, around: Surroundings) {
    this.#names = new AccountNames(machine.accounts);
    this.#isJson = isJson;
    this.#around = around;
  }

  async tell(decisions: readonly Decision[]): Promise<void> {
    const { print, screen, nowMs } = this.#around;
    for (const decision of decisions) {
      this.told++;
      if (this.#isJson) print(harmlessJsonLine(decision.record));
      else print(renderDecision(await this.#names.name(decision), nowMs(), screen));
    }
  }
}

interface Wish {
  readonly filter: LogFilter;
  readonly lines: number | undefined;
  readonly isFollowed: boolean;
  readonly isJson: boolean;
}

function wishOf(given: Given): Wish {
  const { flags, values } = given;
  return {
    filter: {
      user: values.get("user"),
      id: values.get("id"),
      since: values.get("since"),
      isDenied: flags.has("denied"),
    },
    lines: numberOf(given, "lines", 1, MOST_LINES),
    isFollowed: flags.has("follow"),
    isJson: flags.has("json"),
  };
}

/** Goes through the log as it was asked for, and with `--follow` does not come back before it is interrupted. */
async function tellLog(
  machine: Machine,
  { filter, lines, isFollowed }: Wish,
  around: Surroundings,
  teller: Teller,
): Promise<void> {
  await checkReadable(machine, filter);
  // A record that was written just now belongs to what is asked for.
  await catchUp(machine, around.caller().uid);
  const pairing = new Pairing();
  const tellAll = async (entries: Iterable<LogEntry> | AsyncIterable<LogEntry>): Promise<void> => {
    for await (const entry of entries) await teller.tell(pairing.take(entry));
  };
  if (filter.since !== undefined && lines === undefined) {
    await tellAll(readAll(machine, filter, isFollowed, around.interrupted));
  } else {
    const count = lines ?? USUAL_LINES[isFollowed ? "followed" : "all"];
    const { entries, cursor } = await readTail(machine, filter, count, around.interrupted);
    await tellAll(entries);
    if (isFollowed) {
      await teller.tell(pairing.lost(await runningHelper(machine)));
      await tellAll(readOn(machine, filter, cursor, around.interrupted));
    }
  }
  if (!isFollowed) await teller.tell(pairing.rest(await runningHelper(machine)));
  else if (!around.interrupted.aborted) throw new Error("journalctl has ended by itself.");
}

/** The audit log. */
export const log: Run = async (given, surroundings) => {
  const wish = wishOf(given);
  const { filter, isFollowed, isJson } = wish;
  await withMachine(surroundings, async (machine) => {
    const teller = new Teller(machine, isJson, surroundings);
    await tellLog(machine, wish, surroundings, teller);
    if (teller.told > 0 || isJson || isFollowed) return;
    const { user, id, since, isDenied } = filter;
    const isNarrowed = [user, id, since].some((given) => given !== undefined) || isDenied;
    surroundings.print(isNarrowed ? NONE_OF_THESE : NONE);
  });
  return EXIT.yes;
};
