import { existsSync } from "node:fs";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { inTurn } from "../mend.ts";

/** Nothing of this could run earlier. */
const RELEASED_MS = Date.parse("2026-01-01T00:00:00Z");
/** The clock service of systemd makes this when it has set the clock: systemd-timesyncd(8). */
const SYNCHRONIZED = "/run/systemd/timesync/synchronized";

/** @param isSynchronized null: nobody says */
export function judgeClock(nowMs: number, isSynchronized: boolean | null): Finding[] {
  const mend = inTurn(["timedatectl", "set-ntp", "true"]);
  if (nowMs < RELEASED_MS) {
    const text = `the clock says ${new Date(nowMs).toISOString()}, before there was this program: the times of the audit log are wrong`;
    return [{ code: "clock-wrong", severity: "warning", text, mend }];
  }
  if (isSynchronized !== false) return [];
  const text =
    "the clock is not synchronised: the times of the audit log may not agree with those of other machines";
  return [{ code: "clock-unsynchronized", severity: "note", text, mend }];
}

export const clock: Check = {
  name: "clock",
  title: "the clock, which the times of the audit log are from",
  run: async ({ machine, nowMs, isBrief }) => {
    // timedated has to be started to be asked.
    if (isBrief || existsSync(SYNCHRONIZED)) return judgeClock(nowMs, null);
    const { status, stdout } = await machine.run([
      "timedatectl",
      "show",
      "--property=NTPSynchronized",
      "--value",
    ]);
    return judgeClock(nowMs, status === 0 ? stdout.trim() === "yes" : null);
  },
};
