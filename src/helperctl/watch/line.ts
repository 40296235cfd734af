import type { UnitState } from "../../protocol/unit-state.ts";
import type { Cell } from "../columns.ts";
import { alignColumns } from "../columns.ts";
import { troubleOf } from "../ending.ts";
import { harmless } from "../harmless.ts";
import { serverOf } from "../names.ts";
import type { Screen } from "../screen.ts";
import { roleOfState } from "../state-role.ts";
import type { Change } from "./changes.ts";

/**
 * A line of `helperctl watch --json`. `time` is when it was printed: RFC 3339, UTC. The units that there are when the
 * watch begins come first, each `initial`; `synced` follows the last of them, and what came after every loss.
 */
export type WatchLine =
  | { readonly event: "unit"; readonly time: string; readonly initial: boolean; readonly unit: UnitState }
  /** It went while the helper was out of reach, or may not be seen any more; `unit` is as it was last. */
  | { readonly event: "gone"; readonly time: string; readonly unit: UnitState }
  /** All that can be seen has been told of. */
  | { readonly event: "synced"; readonly time: string }
  /** The connection is lost: what happens until the next `synced` is told of once the helper is back. */
  | { readonly event: "lost"; readonly time: string };

const NOTHING = "-";

const stateCell = ({ event, unit }: Change): Cell =>
  event === "gone"
    ? { text: "gone", role: "aside" }
    : { text: harmless(`${unit.activeState} (${unit.subState})`), role: roleOfState(unit.activeState) };

function cellsOf(change: Change, time: Cell): Cell[] {
  const { unit, event } = change;
  return [
    time,
    { text: harmless(unit.user) },
    { text: harmless(serverOf(unit)) },
    stateCell(change),
    { text: (event === "unit" ? harmless(troubleOf(unit) ?? "") : "") || NOTHING },
  ];
}

/** A stream cannot know what is still to come: columns have the width of what is usual. */
const USUAL = ["HH:MM:SS", "long-username", "(default)", "activating (start-pre)", ""] as const;
const MAY_SHRINK = [1, 2, 3, 4];

/** The time of day where the person is. */
const clockTime = (nowMs: number): string => new Date(nowMs).toTimeString().slice(0, 8);

/**
 * One line for a person, on a terminal in columns; in a pipe with a tab between the fields, of which none is empty:
 * time, user, server, state, and what went wrong.
 */
export function renderChange(change: Change, nowMs: number, screen: Screen): string {
  if (screen.columns === null) {
    const time = { text: new Date(nowMs).toISOString() };
    const fields = cellsOf(change, time).map(({ text }) => text);
    return `${fields.join("\t")}\n`;
  }
  const row = cellsOf(change, { text: clockTime(nowMs), role: "aside" });
  return `${alignColumns([USUAL, row], { screen, shrink: MAY_SHRINK })[1] ?? ""}\n`;
}
