import type { UnitState } from "../../protocol/unit-state.ts";

const AT_REST = new Set(["inactive", "failed", "maintenance"]);

/** Whether a server runs, or is on its way up or down. */
export const isRunning = ({ activeState }: Pick<UnitState, "activeState">): boolean =>
  !AT_REST.has(activeState);
