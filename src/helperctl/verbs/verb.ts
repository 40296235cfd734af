import type { CallOptions, Target } from "../../client/types.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import type { Asker } from "../command.ts";
import type { Outcome } from "./outcome.ts";
import { hasForgotten, hasStarted, hasStopped } from "./outcome.ts";

/** A method that changes a server, as a command. */
export interface Verb {
  readonly method: "start" | "stop" | "reset-failed";
  /** What goes on while it waits. */
  readonly doing: string;
  /** Whether what it says depends on how things were before. */
  readonly looksFirst: boolean;
  readonly perform: (client: Asker, target: Target, options: CallOptions) => Promise<UnitState>;
  /** What came of it, as a sentence without its full stop. */
  readonly tell: (outcome: Outcome) => string;
}

export const START: Verb = {
  method: "start",
  doing: "starting",
  looksFirst: false,
  perform: (client, target, options) => client.start(target, options),
  tell: hasStarted,
};

export const STOP: Verb = {
  method: "stop",
  doing: "stopping",
  looksFirst: true,
  perform: (client, target, options) => client.stop(target, options),
  tell: hasStopped,
};

export const RESET_FAILED: Verb = {
  method: "reset-failed",
  doing: "resetting",
  looksFirst: true,
  perform: (client, target, { signal }) => client.resetFailed(target, { signal }),
  tell: hasForgotten,
};
