import { Inspector } from "../../helper/systemd/inspector.ts";
import { Accounts } from "./accounts.ts";
import { linesOf, runProgram } from "./program.ts";

export type { UnitProperties } from "../../helper/systemd/inspector.ts";

/** What a command can find out about the machine, as root or not. Nothing here changes anything. */
export interface Machine {
  readonly accounts: Accounts;
  readonly systemd: Inspector;
  /** Runs a program to its end. */
  readonly run: typeof runProgram;
  /** The lines of a program, as they come. */
  readonly lines: typeof linesOf;
  readonly close: () => Promise<void>;
}

export function openMachine(): Machine {
  const systemd = new Inspector();
  return {
    accounts: new Accounts(),
    systemd,
    run: runProgram,
    lines: linesOf,
    close: () => systemd.close(),
  };
}
