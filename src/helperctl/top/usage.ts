import type { UnitState } from "../../protocol/unit-state.ts";

/** What a unit uses. Null: nobody can tell. */
export interface Usage {
  readonly memoryBytes: number | null;
  readonly tasks: number | null;
  /** 100 is one core. */
  readonly cpuPercent: number | null;
}

/** A unit and what it uses: a row of the table, before it is text. */
export interface Server {
  readonly unit: UnitState;
  readonly usage: Usage;
}

/** What was measured; where that is missing, what systemd said when the unit last changed. */
export const serverOf = (unit: UnitState, measured: Usage | undefined): Server => ({
  unit,
  usage: {
    memoryBytes: measured?.memoryBytes ?? unit.memoryBytes,
    tasks: measured?.tasks ?? unit.tasks,
    cpuPercent: measured?.cpuPercent ?? null,
  },
});

/** Adds up what is known; null where nothing is. */
export function totalOf(servers: readonly Server[], what: keyof Usage): number | null {
  const known = servers.map(({ usage }) => usage[what]).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
