import { randomUUID } from "node:crypto";
import type { Facts, Refused } from "../policy/types.ts";
import { UntrustedPathError } from "../policy/open-safely.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { Gone } from "./lanes.ts";
import { SystemCallError } from "./posix/libc.ts";
import { BusError, BusUnavailable } from "./systemd/bus-errors.ts";
import type { Log } from "./log.ts";

/** What PID 1 says when it will not take a job, by D-Bus error name: org.freedesktop.systemd1(5). */
const REFUSED_BY_SYSTEMD: Partial<Record<string, string>> = {
  "org.freedesktop.systemd1.UnitMasked": "it is masked",
  "org.freedesktop.systemd1.BadUnitSetting": "a setting of its unit file is not valid",
  "org.freedesktop.systemd1.LoadFailed": "systemd could not load it",
  "org.freedesktop.systemd1.OnlyByDependency": "it refuses to be started or stopped by hand",
  "org.freedesktop.systemd1.JobTypeNotApplicable": "it cannot be started",
};
const NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";
/** The bus says that whoever was asked is gone, and did not say whether it had acted. */
const NO_ANSWER = new Set([
  "org.freedesktop.DBus.Error.NoReply",
  "org.freedesktop.DBus.Error.Disconnected",
  "org.freedesktop.DBus.Error.Timeout",
]);
const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/** Turns a refusal into what the peer may know of it. */
export function errorOfRefusal(refused: Refused, facts: Facts): ProtocolError {
  const unit = refused.resolved?.unit ?? "";
  switch (refused.reason) {
    case "target-syntax":
      return new ProtocolError("invalid-params", refused.syntax ?? { path: "", problem: "not well formed" });
    case "unit-mismatch":
      return facts.unit?.kind === "refused"
        ? new ProtocolError("unit-refused", { unit, problem: facts.unit.problem })
        : new ProtocolError("unit-not-found", { unit });
    case "limited":
      return new ProtocolError("busy", { retryAfterMs: facts.limits?.retryAfterMs ?? 1000 });
    case "peer-unreadable":
    case "peer-no-rule":
    case "peer-outside-unit":
    case "method-not-allowed":
    case "template-not-allowed":
    case "target-unknown":
    case "target-forbidden":
    case "target-not-eligible":
      return new ProtocolError("denied", {});
  }
}

const unavailable = (problem: string, outcome: "none" | "unknown", cause: unknown): ProtocolError =>
  new ProtocolError("unavailable", { problem, outcome }, { cause });

/** Finds the protocol's word for whatever a request ran into; what has none is a bug of ours, and stays in the log. */
export function toProtocolError(error: unknown, unit: string, log: Log): ProtocolError {
  if (error instanceof ProtocolError) return error as ProtocolError;
  // Nobody is there to read it.
  if (error instanceof Gone) return unavailable(error.message, "none", error);
  if (error instanceof BusUnavailable) {
    return unavailable("systemd cannot be reached", error.sent ? "unknown" : "none", error);
  }
  if (error instanceof BusError) return fromBusError(error, unit);
  if (error instanceof SystemCallError)
    return unavailable("the account database cannot be asked", "none", error);
  if (error instanceof UntrustedPathError) return unavailable(error.message, "none", error);
  if (NO_ROOM.has((error as NodeJS.ErrnoException | null)?.code ?? "")) {
    return unavailable("no room is left below /run", "none", error);
  }
  const incident = randomUUID();
  log.error({ event: "incident", incident, err: error }, "a request failed for a reason of our own");
  return new ProtocolError("internal", { incident }, { cause: error });
}

function fromBusError(error: BusError, unit: string): ProtocolError {
  if (error.errorName === NO_SUCH_UNIT)
    return new ProtocolError("unit-not-found", { unit }, { cause: error });
  const problem = REFUSED_BY_SYSTEMD[error.errorName];
  if (problem !== undefined) return new ProtocolError("unit-refused", { unit, problem }, { cause: error });
  const outcome = NO_ANSWER.has(error.errorName) ? "unknown" : "none";
  return unavailable(`systemd answered ${error.errorName}`, outcome, error);
}
