import type { UnitState } from "../protocol/unit-state.ts";
import type { Cell } from "./columns.ts";
import { exitOf } from "./ending.ts";
import { harmless } from "./harmless.ts";
import { roleOfState } from "./state-role.ts";

/** How it ended says more than that it did. */
const ENDINGS = new Set(["exit-code", "signal"]);

/** `status 203/EXEC`, `SIGKILL`, `timeout`, `core-dump`: hostile until it has been made harmless. */
function whyFailed(state: UnitState): string {
  const { result, subState } = state;
  if (result === null || result === "success") return subState;
  return (ENDINGS.has(result) ? exitOf(state) : null) ?? result;
}

/** `active (running)`, `failed (status 203/EXEC)`. */
export function stateText(state: UnitState): string {
  const { activeState, subState } = state;
  return harmless(`${activeState} (${activeState === "failed" ? whyFailed(state) : subState})`);
}

export const stateCell = (state: UnitState): Cell => ({
  text: stateText(state),
  role: roleOfState(state.activeState),
});
