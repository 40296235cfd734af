import type { Cell } from "../columns.ts";
import { alignColumns, displayWidth, fit } from "../columns.ts";
import { troubleOf } from "../ending.ts";
import { harmless } from "../harmless.ts";
import { serverOf as serverName } from "../names.ts";
import { renderAge, renderBytes } from "../quantities.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import type { Screen } from "../screen.ts";
import { roleOfState } from "../state-role.ts";
import type { SortName } from "./sorts.ts";
import type { Server } from "./usage.ts";

const UNKNOWN = "-";
/** A unit's name of which less could be shown says nothing. */
const LEAST_UNIT = 20;
/** A unit's name has at most 255 characters; whatever is longer is no name. */
const WIDEST_LABEL = 255;
const GAP = 2;

/** Texts of a unit that change only with it, and how wide they are. */
const LABELS = ["user", "server", "state", "unit"] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], { readonly text: string; readonly width: number }>>;

const stateText = (unit: UnitState): string => {
  const trouble = troubleOf(unit);
  return trouble === null ? `${unit.activeState} (${unit.subState})` : `${unit.activeState}: ${trouble}`;
};

const known = new WeakMap<UnitState, Labels>();

/** Kept for as long as the unit stays as it is: a table of hundreds is laid out twice a second. */
function labelsOf(unit: UnitState): Labels {
  const before = known.get(unit);
  if (before !== undefined) return before;
  const label = (text: string): Labels["user"] => {
    const shown = fit(harmless(text), WIDEST_LABEL);
    return { text: shown, width: displayWidth(shown) };
  };
  const labels = {
    user: label(unit.user),
    server: label(serverName(unit)),
    state: label(stateText(unit)),
    unit: label(unit.unit),
  };
  known.set(unit, labels);
  return labels;
}

interface Figure {
  readonly title: string;
  readonly sort: SortName;
  readonly width: number;
  readonly text: (server: Server, nowMs: number) => string;
}

/** `3.1 %` without its sign: below ten a digit more matters. */
const renderPercent = (percent: number): string => percent.toFixed(percent < 9.95 ? 1 : 0);

const orUnknown = <T>(value: T | null, render: (value: T) => string): string =>
  value === null ? UNKNOWN : render(value);

const FIGURES: readonly Figure[] = [
  {
    title: "AGE",
    sort: "age",
    width: 6,
    text: ({ unit }, nowMs) =>
      orUnknown(unit.activeSince, (since) => renderAge((nowMs - Date.parse(since)) / 1000)),
  },
  {
    title: "MEMORY",
    sort: "memory",
    width: 8,
    text: ({ usage }) => orUnknown(usage.memoryBytes, renderBytes),
  },
  { title: "CPU%", sort: "cpu", width: 5, text: ({ usage }) => orUnknown(usage.cpuPercent, renderPercent) },
  { title: "TASKS", sort: "tasks", width: 6, text: ({ usage }) => orUnknown(usage.tasks, String) },
];
const FIGURES_WIDTH = FIGURES.reduce((sum, { width }) => sum + GAP + width, 0);

export interface TableOrder {
  readonly sort: SortName;
  readonly turned: boolean;
}

const titleOf = (title: string, sort: SortName, order: TableOrder): string =>
  sort === order.sort ? `${title}${order.turned ? "▲" : "▼"}` : title;

function titlesOf(order: TableOrder): Cell[] {
  const texts = (["user", "server", "state"] as const).map((sort) =>
    titleOf(sort.toUpperCase(), sort, order),
  );
  const figures = FIGURES.map(({ title, sort, width }) => titleOf(title, sort, order).padStart(width));
  return [...texts, ...figures, "UNIT"].map((text) => ({ text, role: "title" }));
}

function cellsOf(server: Server, nowMs: number): Cell[] {
  const { user, server: name, state, unit } = labelsOf(server.unit);
  return [
    { text: user.text },
    { text: name.text },
    { text: state.text, role: roleOfState(server.unit.activeState) },
    ...FIGURES.map(({ text, width }) => ({ text: text(server, nowMs).padStart(width) })),
    { text: unit.text, role: "aside" },
  ];
}

/** As wide as the widest of all: columns stay where they are while rows are scrolled. */
function widest(servers: readonly Server[]): Record<keyof Labels, number> {
  const widths = { user: 5, server: 7, state: 6, unit: 4 };
  for (const { unit } of servers) {
    const labels = labelsOf(unit);
    for (const name of LABELS) widths[name] = Math.max(widths[name], labels[name].width);
  }
  return widths;
}

/** The titles and the rows from `above` on, as many as fit; names of units only where there is room for them. */
export function renderTable(
  servers: readonly Server[],
  { above, page, nowMs, order }: { above: number; page: number; nowMs: number; order: TableOrder },
  screen: Screen,
): string[] {
  const widths = widest(servers);
  const texts = [widths.user, widths.server, widths.state].map((width) => " ".repeat(width));
  const taken = widths.user + widths.server + widths.state + 2 * GAP + FIGURES_WIDTH;
  const showsUnits = (screen.columns ?? Infinity) - taken - GAP >= Math.min(LEAST_UNIT, widths.unit);
  // A row of spaces as wide as the widest cells; it is not printed.
  const ruler: Cell[] = [...texts, ...FIGURES.map(({ width }) => " ".repeat(width)), ""].map((text) => ({
    text,
  }));
  const rows = servers.slice(above, above + page).map((server) => cellsOf(server, nowMs));
  const all = [ruler, titlesOf(order), ...rows].map((row) => (showsUnits ? row : row.slice(0, -1)));
  return alignColumns(all, { screen, shrink: showsUnits ? [7] : [0, 1, 2] }).slice(1);
}
