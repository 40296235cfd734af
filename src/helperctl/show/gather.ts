import type { UnitState } from "../../protocol/unit-state.ts";
import type { Decision } from "../log/pairing.ts";
import { mayReadJournal } from "../machine/journal-access.ts";
import type { JournalEntry } from "../machine/journal.ts";
import { lastEntries } from "../machine/journal.ts";
import type { Machine, UnitProperties } from "../machine/machine.ts";
import { sandboxScore } from "../machine/sandbox-score.ts";
import { decisionsAbout } from "./decisions-about.ts";
import { lastJob } from "./last-job.ts";
import type { ShownJob, ShownLine, ShownServer, ShownSlice } from "./shown.ts";
import { jobPathOf, sliceOf, toShownSlice, toShownUnit } from "./unit-facts.ts";

/** What `show` prints: the JSON, and of each record what became of it. */
export interface Shown extends ShownServer {
  readonly decisions: readonly Decision[];
}

/** The last start or stop may lie further back than what is shown. */
const JOB_WITHIN = 50;

/** From the slice of a unit up to `-.slice`. */
async function slicesAbove({ systemd }: Machine, unit: UnitProperties | null): Promise<ShownSlice[]> {
  const slices: ShownSlice[] = [];
  let name = unit === null ? null : sliceOf(unit);
  while (name !== null) {
    const properties: UnitProperties | null = await systemd.unit(name);
    if (properties === null) break;
    slices.push(toShownSlice(name, properties));
    name = sliceOf(properties);
  }
  return slices;
}

async function queuedJob({ systemd }: Machine, unit: UnitProperties | null): Promise<ShownJob | null> {
  const path = unit === null ? null : jobPathOf(unit);
  const job = path === null ? null : await systemd.job(path);
  return job === null ? null : { kind: "queued", ...job };
}

const toLine = ({ timeMs, identifier, pid, message }: JournalEntry): ShownLine => ({
  time: new Date(timeMs).toISOString(),
  identifier,
  pid,
  message,
});

/** Finds out everything about the unit of a target. */
export async function gather(machine: Machine, state: UnitState, count: number): Promise<Shown> {
  const properties = machine.systemd.unit(state.unit);
  const [unit, slices, queued, sandbox, mayRead, decisions, entries] = await Promise.all([
    properties,
    properties.then((found) => slicesAbove(machine, found)),
    properties.then((found) => queuedJob(machine, found)),
    sandboxScore(machine, state.unit),
    mayReadJournal(machine),
    decisionsAbout(machine, state.unit, Math.max(count, JOB_WITHIN)),
    lastEntries(machine, state.unit, count),
  ]);
  const shown = decisions.slice(-count);
  return {
    state,
    unit: unit === null ? null : toShownUnit(unit),
    slices,
    sandbox,
    job: queued ?? lastJob(decisions),
    audit: mayRead ? shown.map(({ record }) => record) : null,
    // Of an account's own processes it may read what they said, even where the rest is closed to it.
    journal: mayRead || entries.length > 0 ? entries.map(toLine) : null,
    decisions: shown,
  };
}
