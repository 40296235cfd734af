import { ProtocolError } from "../../protocol/errors.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import { hintOf } from "../../units/hint.ts";
import { hasDied, isStartLimit, judgeStart } from "../../units/judge-job.ts";
import type { UnitName } from "../../units/pattern.ts";
import type { RawUnit } from "../../units/raw-unit.ts";
import { isAtRest } from "../../units/raw-unit.ts";
import type { Handler, TargetCall } from "../call.ts";
import { monotonicMs } from "../clock.ts";
import { waitForJob } from "../job-wait.ts";
import { judgeAgain } from "../judge-again.ts";
import type { Services } from "../services.ts";
import { show } from "../unit-view.ts";

/** Starts a target's unit and answers once its job is done, or its failure is known. */
export const start: Handler<"start"> = async (call, { timeoutMs }) => {
  const { services, resolved } = call;
  const { unit } = resolved;
  try {
    return await services.operations.during(unit, "start", () => startInTurn(call, timeoutMs));
  } finally {
    void services.collector.collect(unit);
  }
};

/** The place is the job's, and kept for as long as the job goes on: also when its caller has had an answer. */
async function startInTurn(call: TargetCall, timeoutMs: number): Promise<UnitState> {
  const began = performance.now();
  const { turns, lane } = call.services;
  // Until it has its place nothing was asked of systemd: for a caller who has left it need not be.
  const waiting = { uid: lane.uid, isGone: () => call.subscriber.isGone() };
  const give = await turns.start(call.resolved.unit, timeoutMs, waiting);
  const waitedMs = performance.now() - began;
  const leftMs = Math.max(1, timeoutMs - Math.round(waitedMs));
  let job: Promise<string> | undefined;
  try {
    return await startUnit(call, { timeoutMs, leftMs }, (begun) => {
      job = begun;
    });
  } finally {
    void Promise.allSettled([job]).then(give);
  }
}

async function startUnit(
  call: TargetCall,
  { timeoutMs, leftMs }: { readonly timeoutMs: number; readonly leftMs: number },
  onJob: (job: Promise<string>) => void,
): Promise<UnitState> {
  const { services, urgent, resolved, peer } = call;
  const { systemd, store, records } = services;
  const { unit } = resolved;
  // A unit with CollectMode=inactive-or-failed would be gone, and its Result with it, before we can read it.
  await systemd.ref(unit);
  try {
    await forgetStarts(services, unit);
    // Last: no wait for systemd comes between this decision and the start.
    const { rule } = await judgeAgain(call, "start");
    if (rule) records.write(unit, { rule: rule.name, peerUid: peer.uid });
    const generation = store.vouch(unit);
    const askedAtMs = monotonicMs();
    const job = urgent.systemd.start(unit, () => remember(services, unit, generation));
    onJob(job);
    const jobResult = await waitForJob(job, unit, timeoutMs, leftMs);
    const raw = await systemd.load(unit);
    const verdict = judgeStart(jobResult, raw);
    if (verdict === "interrupted") throw new ProtocolError("interrupted", { unit });
    if (verdict === "failed") {
      const seen = isStartLimit(jobResult, raw, askedAtMs) ? { ...raw, Result: "start-limit-hit" } : raw;
      throw failure(call, jobResult, raw, hintOf(jobResult, seen));
    }
    const settleMs = mustProveItself(raw, askedAtMs) ? resolved.template.settleMs : 0;
    const settled = await settle(services, unit, raw, settleMs);
    if (settleMs > 0 && hasDied(raw, settled)) {
      throw failure(call, jobResult, settled, hintOf(jobResult, settled));
    }
    return show(services, resolved, settled);
  } finally {
    await release(services, unit);
  }
}

/**
 * systemd counts starts that were good as well while something keeps the unit loaded, and refuses the next one as "too
 * often". The limit is there for automatic restarts, so a start that a hub asks for begins to count again. Only at rest:
 * what runs, or is about to, keeps its counter. A job that is queued by others after this look finds a counter of zero
 * once, and nothing else has changed for it.
 */
async function forgetStarts({ systemd, operations }: Services, unit: UnitName): Promise<void> {
  // Another start of ours may still be about to read why it failed.
  if (!operations.startsAlone(unit)) return;
  const now = await systemd.glance(unit);
  if (now !== null && isAtRest(now)) await systemd.resetFailed(unit);
}

function failure(
  { services, resolved }: TargetCall,
  jobResult: string,
  raw: RawUnit,
  hint: string,
): ProtocolError {
  const { unit } = resolved;
  return new ProtocolError("job-failed", { unit, jobResult, state: show(services, resolved, raw), hint });
}

/** A unit that was up when the start was asked for need not prove itself again, and a oneshot has nothing to prove. */
const mustProveItself = (raw: RawUnit, askedAtMs: number): boolean =>
  raw.Type !== "oneshot" &&
  !(raw.ActiveState === "active" && raw.ActiveEnterTimestampMonotonic / 1000 < askedAtMs);

/** Watches a unit that has started, until it has lived long enough or is dead. */
async function settle(
  services: Services,
  unit: UnitName,
  started: RawUnit,
  settleMs: number,
): Promise<RawUnit> {
  const until = performance.now() + settleMs;
  let now = started;
  for (let leftMs = settleMs; leftMs > 0 && !hasDied(started, now); leftMs = until - performance.now()) {
    await services.changes.next(unit, leftMs);
    now = await services.systemd.load(unit);
  }
  return now;
}

/** PID 1 has taken the job: a record that finds no room is no failure of it. The unit's own times tell as much. */
function remember({ store, log }: Services, unit: UnitName, generation: number | null): void {
  try {
    store.markStarted(unit, generation);
  } catch (error) {
    log.error({ event: "not-remembered", unit, err: error }, "could not note that a unit was started");
  }
}

/** The reference ends with our connection to the bus at the latest: failing to drop it is no failure of the start. */
async function release({ systemd, log }: Services, unit: UnitName): Promise<void> {
  try {
    await systemd.unref(unit);
  } catch (error) {
    log.debug({ event: "unref-failed", unit, err: error });
  }
}
