import type { WatchEvent } from "../../client/types.ts";
import type { UnitState } from "../../protocol/unit-state.ts";

/** One thing to tell of. */
export type Change =
  /** A unit as it is now; `initial`: it was there when the watch began. */
  | { readonly event: "unit"; readonly initial: boolean; readonly unit: UnitState }
  /** A unit that went while nobody could see it, or that may not be seen any more; as it was last. */
  | { readonly event: "gone"; readonly unit: UnitState };

/** Figures that change all the time are no news. */
const essenceOf = (state: UnitState): string =>
  JSON.stringify({ ...state, memoryBytes: null, tasks: null, cpuSeconds: null });

/** Turns the events of a watch into changes. After a loss comes another snapshot: only what differs is told of. */
export class Changes {
  #known: Map<string, UnitState> | null = null;

  of(event: WatchEvent): Change[] {
    return event.type === "snapshot" ? this.#compare(event.units) : this.#note(event.unit);
  }

  #compare(units: readonly UnitState[]): Change[] {
    const before = this.#known;
    const now = new Map(units.map((unit) => [unit.unit, unit]));
    this.#known = now;
    if (before === null) return units.map((unit) => ({ event: "unit", initial: true, unit }));
    const gone = [...before.values()].filter(({ unit }) => !now.has(unit));
    const changed = units.filter((unit) => {
      const old = before.get(unit.unit);
      return old === undefined || essenceOf(old) !== essenceOf(unit);
    });
    return [
      ...gone.map((unit) => ({ event: "gone", unit }) as const),
      ...changed.map((unit) => ({ event: "unit", initial: false, unit }) as const),
    ];
  }

  #note(unit: UnitState): Change[] {
    // What is inactive and has nothing staged is in no snapshot, so a later one must not call it gone.
    const isListed = unit.activeState !== "inactive" || unit.credentials.length > 0;
    if (isListed) this.#known?.set(unit.unit, unit);
    else this.#known?.delete(unit.unit);
    return [{ event: "unit", initial: false, unit }];
  }
}
