import { harmless } from "../harmless.ts";
import { counted } from "../finding.ts";
import { renderBytes } from "../quantities.ts";
import type { Screen } from "../screen.ts";
import { roleOfState } from "../state-role.ts";
import type { Model } from "./model.ts";
import { clampScroll, inOrder, pageOf } from "./model.ts";
import type { Segment } from "./segments.ts";
import { joinSegments } from "./segments.ts";
import { SORT_NAMES, SORTS } from "./sorts.ts";
import { renderTable } from "./table.ts";
import type { Server, Usage } from "./usage.ts";
import { totalOf } from "./usage.ts";

/** A helper that is started anew is back in less: not worth a line that flashes up. */
const WORTH_TELLING_MS = 1_000;

const NOTHING = "Nothing runs, nothing has failed, and no credentials are staged.";
const NONE_MATCHES = "Nothing here matches the filter.";

function countsOf({ units }: Model): Segment[] {
  const counts = new Map<string, number>();
  for (const { activeState } of units.values()) {
    counts.set(activeState, (counts.get(activeState) ?? 0) + 1);
  }
  // The most first.
  const ordered = [...counts].sort(([, a], [, b]) => b - a);
  return ordered.flatMap(([state, count], at): Segment[] => [
    at === 0 ? ": " : ", ",
    [roleOfState(state), `${count} ${harmless(state)}`],
  ]);
}

function summary(model: Model): Segment[] {
  return [["title", "helperctl top"], `  ${counted(model.units.size, "server")}`, ...countsOf(model)];
}

const clock = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

function totals(model: Model, servers: readonly Server[], above: number, nowMs: number): Segment[] {
  const { lostSinceMs, filter } = model;
  if (lostSinceMs !== null && nowMs - lostSinceMs >= WORTH_TELLING_MS) {
    return [["warning", `helper unreachable since ${clock(lostSinceMs)}; this is how things were then`]];
  }
  const total = (what: keyof Usage, render: (value: number) => string): string => {
    const value = totalOf(servers, what);
    return value === null ? "-" : render(value);
  };
  const figures = [
    `memory ${total("memoryBytes", renderBytes)}`,
    `CPU ${total("cpuPercent", (percent) => `${percent.toFixed(1)} %`)}`,
    `tasks ${total("tasks", String)}`,
  ].join("  ");
  const last = Math.min(above + pageOf(model), servers.length);
  const isWhole = above === 0 && last === servers.length;
  const where = isWhole ? "" : `  rows ${above + 1} to ${last} of ${servers.length}`;
  const matches = filter === "" ? "" : `  ${servers.length} match "${harmless(filter)}"`;
  return [figures, ["aside", where], ["warning", matches]];
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ...SORT_NAMES.map((name) => [SORTS[name].key, name] as const),
  ["r", "reverse"],
  ["/", "filter"],
  ["q", "quit"],
];

function footer({ typing, filter }: Model): Segment[] {
  if (typing) {
    return [["title", "filter: "], harmless(filter), "_", ["aside", "  Enter keeps it, Escape clears it"]];
  }
  return KEYS.flatMap(([key, what], at): Segment[] => [
    at === 0 ? "" : " ",
    ["title", key],
    ["aside", `:${what}`],
  ]);
}

/** What is on the screen: as many lines as it has, none as wide as it. */
export function renderScreen(model: Model, { colour }: Screen, nowMs: number): string[] {
  const { rows, columns } = model.size;
  // The last column stays empty: in it some terminals begin another line.
  const screen: Screen = { columns: Math.max(0, columns - 1), colour };
  const servers = inOrder(model);
  const page = pageOf(model);
  const above = clampScroll(model.above, servers.length, page);
  const line = (segments: readonly Segment[]): string => joinSegments(segments, screen);
  const order = { sort: model.sort, turned: model.turned };
  const empty = model.units.size === 0 ? NOTHING : NONE_MATCHES;
  const body =
    servers.length === 0 ? [line([empty])] : renderTable(servers, { above, page, nowMs, order }, screen);
  const lines = [line(summary(model)), line(totals(model, servers, above, nowMs)), "", ...body];
  const upper = Array.from({ length: Math.max(0, rows - 1) }, (_, at) => lines[at] ?? "");
  return rows === 0 ? [] : [...upper, line(footer(model))];
}
