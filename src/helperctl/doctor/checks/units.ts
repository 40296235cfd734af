import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Check } from "../check.ts";
import { DAEMON_RELOAD, INSTALL_AGAIN, inTurn, RESTART_SOCKET } from "../mend.ts";
import { HELPER_SERVICE, HELPER_SOCKET } from "../names.ts";
import { flagOf, numberOf, textOf } from "../properties.ts";

type Judged = Omit<Finding, "unit">;

function judgeLoading(name: string, unit: UnitProperties): Judged | null {
  const state = textOf(unit, "LoadState");
  if (state === "loaded") return null;
  if (state === "not-found") {
    const text = `there is no ${name}: run scripts/install again, in the sources of hub-helper`;
    return { code: "helper-unit-missing", severity: "error", text, mend: INSTALL_AGAIN };
  }
  if (state === "masked") {
    const text = `${name} is masked, so that systemd starts it for nobody`;
    const isRuntime = textOf(unit, "UnitFileState") === "masked-runtime";
    const unmask = ["systemctl", "unmask", ...(isRuntime ? ["--runtime"] : []), name];
    const mend =
      name === HELPER_SOCKET ? inTurn(unmask, ["systemctl", "enable", "--now", name]) : inTurn(unmask);
    return { code: "helper-unit-masked", severity: "error", text, mend };
  }
  const [, problem = ""] = (unit["LoadError"] as [string, string] | undefined) ?? [];
  const text = `${name} cannot be loaded (${state})${problem === "" ? "" : `: ${problem}`}; systemd-analyze verify ${name} says more`;
  return { code: "helper-unit-not-loaded", severity: "error", text, mend: null };
}

const ENABLED = new Set(["enabled", "static", "generated", "transient", "alias", "indirect"]);

function judgeSocket(socket: UnitProperties, service: UnitProperties | null): Judged | null {
  const state = textOf(socket, "ActiveState");
  if (state === "failed") {
    const result = textOf(socket, "Result");
    const why = result === "trigger-limit-hit" ? "it was triggered too often" : result;
    const text = `${HELPER_SOCKET} has failed (${why}), and nobody can connect`;
    const reset = ["systemctl", "reset-failed", HELPER_SOCKET, HELPER_SERVICE];
    return { code: "socket-failed", severity: "error", text, mend: inTurn(reset, RESTART_SOCKET) };
  }
  const isActive = state === "active";
  // A socket does not start while what it would start runs already.
  const isServiceUp = service !== null && textOf(service, "ActiveState") !== "inactive" && !isActive;
  const before = isServiceUp ? [["systemctl", "stop", HELPER_SERVICE]] : [];
  if (!ENABLED.has(textOf(socket, "UnitFileState"))) {
    const now = isActive ? "after the next boot" : "now or after the next boot";
    const text = `${HELPER_SOCKET} is not enabled: nobody can connect ${now}`;
    const mend = inTurn(...before, ["systemctl", "enable", "--now", HELPER_SOCKET]);
    return { code: "socket-not-enabled", severity: "error", text, mend };
  }
  if (isActive) return null;
  const text = `${HELPER_SOCKET} is not active, and nobody can connect`;
  const mend = inTurn(...before, ["systemctl", "start", HELPER_SOCKET]);
  return { code: "socket-not-active", severity: "error", text, mend };
}

/** More restarts than a bad moment has. */
const MANY = 3;
/** What the helper exits with for a policy that does not load. */
const POLICY_BROKEN = 78;

function judgeService(service: UnitProperties): Judged | null {
  const status = numberOf(service, "ExecMainStatus");
  const ended = `${textOf(service, "Result")}, status ${status}`;
  const more = `journalctl -u ${HELPER_SERVICE} says more`;
  const severity = "warning";
  if (textOf(service, "SubState") === "auto-restart" && numberOf(service, "NRestarts") >= MANY) {
    const text = `${HELPER_SERVICE} ends as soon as it is started (${ended}), again and again; ${more}`;
    return { code: "service-failing", severity: "error", text, mend: null };
  }
  if (textOf(service, "ActiveState") !== "failed") return null;
  const why = status === POLICY_BROKEN ? "the policy did not load" : ended;
  const text = `${HELPER_SERVICE} has failed (${why}); the next call starts it again; ${more}`;
  return {
    code: "service-failed",
    severity,
    text,
    mend: inTurn(["systemctl", "reset-failed", HELPER_SERVICE]),
  };
}

function judgeReload(name: string, unit: UnitProperties): Judged | null {
  if (!flagOf(unit, "NeedDaemonReload")) return null;
  const text = `${name} has changed on disk since systemd read it`;
  return { code: "helper-unit-changed", severity: "warning", text, mend: inTurn(DAEMON_RELOAD) };
}

/** @param service null where systemd takes the name for none */
export function judgeUnits(socket: UnitProperties, service: UnitProperties): Finding[] {
  const of = (name: string, unit: UnitProperties, judge: () => (Judged | null)[]): Finding[] => {
    const loading = judgeLoading(name, unit);
    const judged = loading === null ? [judgeReload(name, unit), ...judge()] : [loading];
    return judged.filter((each) => each !== null).map((each) => ({ ...each, unit: name }));
  };
  return [
    ...of(HELPER_SOCKET, socket, () => [judgeSocket(socket, service)]),
    ...of(HELPER_SERVICE, service, () => [judgeService(service)]),
  ];
}

const NOT_FOUND: UnitProperties = { LoadState: "not-found" };

export const units: Check = {
  name: "units",
  title: "helper.socket and helper.service: there, enabled, listening",
  run: async ({ unit }) => {
    const [socket, service] = await Promise.all([unit(HELPER_SOCKET), unit(HELPER_SERVICE)]);
    return judgeUnits(socket ?? NOT_FOUND, service ?? NOT_FOUND);
  },
};
