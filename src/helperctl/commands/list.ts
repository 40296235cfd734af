import type { UnitState } from "../../protocol/unit-state.ts";
import { ask } from "../ask.ts";
import { alignColumns } from "../columns.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { renderBytes, renderDuration } from "../quantities.ts";

const UNKNOWN = "-";

interface Column {
  readonly title: string;
  readonly cell: (state: UnitState, nowMs: number) => string;
}

/** An inactive unit is listed for its credentials alone. */
const stateOf = ({ activeState, subState }: UnitState): string =>
  activeState === "inactive" ? "inactive (credentials staged)" : `${activeState} (${subState})`;

const sinceOf = ({ activeSince }: UnitState, nowMs: number): string =>
  activeSince === null ? UNKNOWN : `${renderDuration((nowMs - Date.parse(activeSince)) / 1000)} ago`;

const COLUMNS: readonly Column[] = [
  { title: "USER", cell: ({ user }) => user },
  // No server can be named so: names have no brackets.
  { title: "SERVER", cell: ({ server }) => (server === "" ? "(default)" : server) },
  { title: "STATE", cell: stateOf },
  { title: "SINCE", cell: sinceOf },
  { title: "MEMORY", cell: ({ memoryBytes }) => (memoryBytes === null ? UNKNOWN : renderBytes(memoryBytes)) },
  { title: "TASKS", cell: ({ tasks }) => (tasks === null ? UNKNOWN : String(tasks)) },
  { title: "UNIT", cell: ({ unit }) => unit },
];

/** The table of targets. */
export function renderList(units: readonly UnitState[], nowMs: number): string {
  const titles = COLUMNS.map(({ title }) => title);
  const rows = units.map((state) => COLUMNS.map(({ cell }) => harmless(cell(state, nowMs))));
  return alignColumns([titles, ...rows])
    .map((line) => `${line}\n`)
    .join("");
}

const NONE = "Nothing runs, nothing has failed, and no credentials are staged.\n";
const NONE_OF_THESE = "Of these, nothing runs, nothing has failed, and no credentials are staged.\n";

/** The targets that the caller may see. */
export const list: Run = async ({ flags, values }, surroundings) => {
  const filter = { user: values.get("user"), template: values.get("template") };
  const units = await ask(surroundings, (client) => client.list(filter));
  const { print, nowMs } = surroundings;
  if (flags.has("json")) print(harmlessJson({ units }));
  else if (units.length === 0) print(values.size === 0 ? NONE : NONE_OF_THESE);
  else print(renderList(units, nowMs()));
  return EXIT.yes;
};
