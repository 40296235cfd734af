import type { UnitState } from "../../protocol/unit-state.ts";
import type { Cell } from "../columns.ts";
import { alignColumns, displayWidth } from "../columns.ts";
import { harmless } from "../harmless.ts";
import { serverOf } from "../names.ts";
import { renderBytes, renderDuration, renderMs } from "../quantities.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import { stateCell } from "../state-cell.ts";

const UNKNOWN = "-";
/** Behind the state of a unit whose file is not what systemd has read; the line below the table says so. */
const STALE = " *";
const STALE_NOTE = "* its unit file has changed since systemd read it (systemctl daemon-reload)";

interface Column {
  readonly title: string;
  readonly cell: (state: UnitState, nowMs: number) => string | Cell;
  /** Whether it is cut where the terminal is narrow. */
  readonly mayShrink?: boolean;
  /** Whether it goes altogether where it does not fit whole: the beginnings of all units' names are alike. */
  readonly mayGo?: boolean;
}

/** An inactive unit is listed for its credentials alone. */
function stateOf(state: UnitState): Cell {
  const { text, role = "plain" } =
    state.activeState === "inactive"
      ? ({ text: "inactive (credentials staged)", role: "aside" } as const)
      : stateCell(state);
  return { text: state.needDaemonReload ? `${text}${STALE}` : text, role };
}

const sinceOf = ({ activeSince }: UnitState, nowMs: number): string =>
  activeSince === null ? UNKNOWN : `${renderDuration((nowMs - Date.parse(activeSince)) / 1000)} ago`;

const COLUMNS: readonly Column[] = [
  { title: "USER", cell: ({ user }) => user, mayShrink: true },
  { title: "SERVER", cell: serverOf, mayShrink: true },
  { title: "STATE", cell: stateOf, mayShrink: true },
  { title: "SINCE", cell: sinceOf },
  { title: "MEMORY", cell: ({ memoryBytes }) => (memoryBytes === null ? UNKNOWN : renderBytes(memoryBytes)) },
  { title: "CPU", cell: ({ cpuSeconds }) => (cpuSeconds === null ? UNKNOWN : renderMs(cpuSeconds * 1000)) },
  { title: "TASKS", cell: ({ tasks }) => (tasks === null ? UNKNOWN : String(tasks)) },
  { title: "UNIT", cell: ({ unit }) => unit, mayGo: true },
];

const toCell = (cell: string | Cell): Cell =>
  typeof cell === "string" ? { text: harmless(cell) } : { ...cell, text: harmless(cell.text) };

const rowsOf = (columns: readonly Column[], units: readonly UnitState[], nowMs: number): Cell[][] => [
  columns.map(({ title }) => ({ text: title, role: "title" as const })),
  ...units.map((state) => columns.map(({ cell }) => toCell(cell(state, nowMs)))),
];

const isWithin = (lines: readonly string[], columns: number): boolean =>
  lines.every((line) => displayWidth(line) <= columns);

/** The table of targets. */
export function renderList(units: readonly UnitState[], nowMs: number, screen: Screen): string {
  const whole = alignColumns(rowsOf(COLUMNS, units, nowMs));
  const fits = screen.columns === null || isWithin(whole, screen.columns);
  const columns = fits ? COLUMNS : COLUMNS.filter(({ mayGo = false }) => !mayGo);
  const shrink = [...columns.keys()].filter((at) => columns[at]?.mayShrink);
  const lines = alignColumns(rowsOf(columns, units, nowMs), { screen, shrink });
  const isStale = units.some(({ needDaemonReload }) => needDaemonReload);
  // In a pipe every line is a server's.
  if (isStale && screen.columns !== null) lines.push(paint(screen, "aside", STALE_NOTE));
  return lines.map((line) => `${line}\n`).join("");
}
