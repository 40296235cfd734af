import type { UnitState } from "../../protocol/unit-state.ts";
import { serverOf as serverName } from "../names.ts";
import type { Key } from "./key-reader.ts";
import { press } from "./press.ts";
import type { SortName } from "./sorts.ts";
import { sortServers } from "./sorts.ts";
import type { Server, Usage } from "./usage.ts";
import { serverOf } from "./usage.ts";

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** All that the screen shows, and how. */
export interface Model {
  readonly units: ReadonlyMap<string, UnitState>;
  readonly usage: ReadonlyMap<string, Usage>;
  readonly sort: SortName;
  readonly turned: boolean;
  readonly filter: string;
  /** Whether keys go to the filter. */
  readonly typing: boolean;
  /** How many rows have been scrolled away above. */
  readonly above: number;
  readonly size: Size;
  /** Since when the helper is out of reach, in milliseconds since 1970. */
  readonly lostSinceMs: number | null;
  readonly over: boolean;
}

export type Happening =
  | { readonly type: "snapshot"; readonly units: readonly UnitState[] }
  | { readonly type: "change"; readonly unit: UnitState }
  | { readonly type: "lost"; readonly nowMs: number }
  | { readonly type: "usage"; readonly usage: ReadonlyMap<string, Usage> }
  | { readonly type: "resize"; readonly size: Size }
  | { readonly type: "key"; readonly key: Key };

export const beginWith = (sort: SortName, size: Size): Model => ({
  units: new Map(),
  usage: new Map(),
  sort,
  turned: false,
  filter: "",
  typing: false,
  above: 0,
  size,
  lostSinceMs: null,
  over: false,
});

/** Lines that are not rows of the table: two of summary, an empty one, the titles, and the keys. */
export const OTHER_LINES = 5;

export const pageOf = ({ size }: Model): number => Math.max(0, size.rows - OTHER_LINES);

const wordsOf = (unit: UnitState): string =>
  [unit.user, serverName(unit), unit.unit, unit.activeState, unit.subState].join("\n").toLowerCase();

/** Every server that the filter lets through, in no order. */
export function matching({ units, usage, filter }: Model): Server[] {
  const wanted = filter.toLowerCase();
  return [...units.values()]
    .filter((unit) => wanted === "" || wordsOf(unit).includes(wanted))
    .map((unit) => serverOf(unit, usage.get(unit.unit)));
}

/** The same in the order that is asked for. */
export const inOrder = (model: Model): Server[] => sortServers(matching(model), model.sort, model.turned);

/** No further than the last page. */
export const clampScroll = (above: number, count: number, page: number): number =>
  Math.max(0, Math.min(above, count - page));

/** As `list` has it: what is inactive is there for its credentials alone. */
function change(units: ReadonlyMap<string, UnitState>, unit: UnitState): ReadonlyMap<string, UnitState> {
  const next = new Map(units);
  if (unit.activeState === "inactive" && unit.credentials.length === 0) next.delete(unit.unit);
  else next.set(unit.unit, unit);
  return next;
}

/** What becomes of the model when something happens. */
export function reduce(model: Model, happening: Happening): Model {
  switch (happening.type) {
    case "snapshot":
      return {
        ...model,
        units: new Map(happening.units.map((unit) => [unit.unit, unit])),
        lostSinceMs: null,
      };
    case "change":
      return { ...model, units: change(model.units, happening.unit) };
    case "lost":
      return { ...model, lostSinceMs: model.lostSinceMs ?? happening.nowMs };
    case "usage":
      return { ...model, usage: happening.usage };
    case "resize":
      return { ...model, size: happening.size };
    case "key": {
      const pressed = press(model, happening.key, pageOf(model));
      return { ...pressed, above: clampScroll(pressed.above, matching(pressed).length, pageOf(model)) };
    }
  }
}
