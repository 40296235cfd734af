import { existsSync } from "node:fs";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { inTurn } from "../mend.ts";

/** Nothing of this could run earlier. */
const RELEASED_MS = Date.parse("2026-01-01T00:00:00Z");
/** The clock service of systemd makes this when it has set the clock: systemd-timesyncd(8). */
const SYNCHRONIZED = "/run/systemd/timesync/synchronized";

/** What timedatectl(1) says. */
export interface ClockFacts {
  readonly isSynchronized: boolean;
  /** Whether anything is installed that could. */
  readonly canSynchronize: boolean;
  /** Whether that is switched on, and has only not got there. */
  readonly isSwitchedOn: boolean;
}

/** Reads `timedatectl show`. */
export function parseClock(text: string): ClockFacts {
  const has = (property: string): boolean => text.split("\n").includes(`${property}=yes`);
  return { isSynchronized: has("NTPSynchronized"), canSynchronize: has("CanNTP"), isSwitchedOn: has("NTP") };
}

/** @param facts null: nobody says, or all is well */
export function judgeClock(nowMs: number, facts: ClockFacts | null): Finding[] {
  if (nowMs < RELEASED_MS) {
    const text = `the clock says ${new Date(nowMs).toISOString()}, before there was this program: the times of the audit log are wrong`;
    return [
      { code: "clock-wrong", severity: "warning", text, mend: inTurn(["timedatectl", "set-ntp", "true"]) },
    ];
  }
  if (facts === null || facts.isSynchronized) return [];
  const why = facts.canSynchronize
    ? ""
    : ", and nothing is installed that could do it, such as systemd-timesyncd";
  const text = `the clock is not synchronised${why}: the times of the audit log may not agree with those of other machines`;
  const isOff = facts.canSynchronize && !facts.isSwitchedOn;
  const mend = isOff ? inTurn(["timedatectl", "set-ntp", "true"]) : null;
  return [{ code: "clock-unsynchronized", severity: "note", text, mend }];
}

export const clock: Check = {
  name: "clock",
  title: "the clock, which the times of the audit log are from",
  run: async ({ machine, nowMs }) => {
    // timedated has to be started to be asked.
    if (existsSync(SYNCHRONIZED)) return judgeClock(nowMs, null);
    const { status, stdout } = await machine.run(["timedatectl", "show"]);
    return judgeClock(nowMs, status === 0 ? parseClock(stdout) : null);
  },
};
