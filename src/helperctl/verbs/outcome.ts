import type { UnitState } from "../../protocol/unit-state.ts";
import { possessive } from "../names.ts";
import { renderDuration } from "../quantities.ts";

/** How a verb went. */
export interface Outcome {
  /** Null: the caller may not look. */
  readonly before: UnitState | null;
  readonly after: UnitState;
  /** When it was asked for, in milliseconds since 1970. */
  readonly askedAtMs: number;
  readonly tookMs: number;
}

const MINUTE_MS = 60_000;

/** `0.8 s`, `2 min 5 s`. */
export const renderWait = (ms: number): string =>
  ms < MINUTE_MS ? `${(ms / 1000).toFixed(1)} s` : renderDuration(ms / 1000);

const whose = ({ after }: Outcome): string => possessive(after.user, after.server);
const processOf = ({ mainPid }: UnitState): string => (mainPid === null ? "" : `, process ${mainPid}`);

const ranBefore = ({ after, askedAtMs }: Outcome): boolean =>
  after.activeSince !== null && Date.parse(after.activeSince) < askedAtMs;

/** What a start came to. A oneshot that has done its work is no server, and yet no failure. */
export function hasStarted(outcome: Outcome): string {
  const { after, tookMs } = outcome;
  const { unit, activeState, subState } = after;
  if (activeState === "inactive") return `${whose(outcome)} ran and is done: ${unit}`;
  const verb = ranBefore(outcome) ? "was running already" : activeState === "active" ? "runs" : activeState;
  const state = subState === "running" ? "" : ` (${subState})`;
  const wait = ranBefore(outcome) ? "" : `, after ${renderWait(tookMs)}`;
  return `${whose(outcome)} ${verb}${state}: ${unit}${processOf(after)}${wait}`;
}

const IS_DOWN = new Set(["inactive", "failed"]);

export function hasStopped(outcome: Outcome): string {
  const { before, after, tookMs } = outcome;
  if (before !== null && IS_DOWN.has(before.activeState)) {
    return `${whose(outcome)} was not running: ${after.unit}`;
  }
  return `${whose(outcome)} is stopped: ${after.unit}, after ${renderWait(tookMs)}`;
}

export function hasForgotten(outcome: Outcome): string {
  const { before, after } = outcome;
  // The start limit is forgotten as well, and nothing shows whether it was near.
  const had = before === null || before.activeState === "failed" ? "" : " had not failed, and";
  return `${whose(outcome)}${had} may start anew: ${after.unit} is ${after.activeState}`;
}
