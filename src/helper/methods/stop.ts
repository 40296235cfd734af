import { ProtocolError } from "../../protocol/errors.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import { hintOf } from "../../units/hint.ts";
import { judgeStop } from "../../units/judge-job.ts";
import type { UnitName } from "../../units/pattern.ts";
import type { Handler, TargetCall } from "../call.ts";
import { preciseMs } from "../clock.ts";
import { waitForJob } from "../job-wait.ts";
import type { Services } from "../services.ts";
import { show } from "../unit-view.ts";

/** Stops a target's unit, and takes away the credentials that were staged before the stop began. */
export const stop: Handler<"stop"> = async (call, { timeoutMs }) => {
  const { services, resolved } = call;
  const { unit } = resolved;
  try {
    return await services.operations.during(unit, "other", () => stopUnit(call, timeoutMs));
  } finally {
    void services.collector.collect(unit);
  }
};

async function stopInTurn({ systemd, turns, lane }: Services, unit: UnitName): Promise<string | null> {
  const give = await turns.stop(unit, lane);
  try {
    return await systemd.stop(unit);
  } finally {
    give();
  }
}

async function stopUnit(
  { services, resolved, arrivedAt }: TargetCall,
  timeoutMs: number,
): Promise<UnitState> {
  const { systemd, store } = services;
  const { unit } = resolved;
  const began = preciseMs(arrivedAt);
  const jobResult = await waitForJob(stopInTurn(services, unit), unit, timeoutMs);
  const verdict = judgeStop(jobResult);
  if (verdict === "interrupted") throw new ProtocolError("interrupted", { unit });
  // A set that was written since the request came is meant for the next start.
  const set = verdict === "ok" ? store.record(unit, "") : null;
  if (set !== null && set.writtenAtMs < began) store.remove(unit);
  const raw = await systemd.load(unit);
  const state = show(services, resolved, raw);
  if (verdict === "ok" || jobResult === null) return state;
  throw new ProtocolError("job-failed", { unit, jobResult, state, hint: hintOf(jobResult, raw) });
}
