import { BusUnavailable } from "../../helper/systemd/bus.ts";
import { POLICY_PATHS } from "../../policy/load.ts";
import { checkAll } from "../check/check-all.ts";
import type { Surroundings } from "../command.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import type { Check, Diagnosis, Ground } from "./check.ts";
import { hub } from "./checks/hub.ts";
import { clock, disk, journal } from "./checks/machine.ts";
import { inForce, policy } from "./checks/policy.ts";
import { polkit } from "./checks/polkit.ts";
import { sandbox } from "./checks/sandbox.ts";
import { socket } from "./checks/socket.ts";
import { staging } from "./checks/staging.ts";
import { sudoers } from "./checks/sudoers.ts";
import { units } from "./checks/units.ts";
import { versions } from "./checks/versions.ts";
import { findHubs } from "./find-hubs.ts";

/** All that is looked at, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  units,
  socket,
  staging,
  policy,
  inForce,
  sandbox,
  hub,
  sudoers,
  polkit,
  versions,
  journal,
  disk,
  clock,
];

/** Asks once, however many want to know. */
function once<T>(question: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => (answer ??= question());
}

async function groundOf({ openClient, policyGround }: Surroundings, machine: Machine): Promise<Ground> {
  const known = new Map<string, ReturnType<Ground["unit"]>>();
  const ground = await policyGround();
  const checked = once(() => checkAll(POLICY_PATHS, ground, machine));
  const loaded = async () => (await checked()).policy;
  return {
    machine,
    isRoot: process.getuid?.() === 0,
    openClient,
    unit: (name) => {
      const unit = known.get(name) ?? machine.systemd.unit(name);
      known.set(name, unit);
      return unit;
    },
    checked,
    policy: loaded,
    hubs: once(async () => {
      const policyOnDisk = await loaded();
      return policyOnDisk === null ? [] : findHubs(policyOnDisk, machine);
    }),
  };
}

/** The first of the checks that wants to ask systemd says that it cannot; to the others it is known then. */
const busFinding = (error: BusUnavailable): Finding => ({
  code: "bus-unreachable",
  severity: "error",
  text: `systemd cannot be asked, over the system bus: ${error.message}; nobody is served, and much was not looked at here`,
  mend: "systemctl restart dbus.socket dbus.service",
});

async function attempt(check: Check, ground: Ground): Promise<readonly Finding[] | "left-out"> {
  if (check.needsRoot && !ground.isRoot) return "left-out";
  try {
    return await check.run(ground);
  } catch (error) {
    if (error instanceof BusUnavailable) return check === units ? [busFinding(error)] : "left-out";
    // One thing that cannot be looked at must not hide the others.
    const why = error instanceof Error ? error.message : String(error);
    return [
      { code: "check-failed", severity: "warning", text: `this could not be looked at: ${why}`, mend: null },
    ];
  }
}

const outcomeOf = (findings: readonly Finding[]): Diagnosis["outcome"] =>
  (["error", "warning", "note"] as const).find((severity) =>
    findings.some((each) => each.severity === severity),
  ) ?? "ok";

export interface DiagnoseOptions {
  /** Leaves out what takes longer than somebody waits who wants to know something else. */
  readonly isQuick?: boolean;
}

/** Looks the whole installation over, and changes nothing. */
export async function diagnose(
  surroundings: Surroundings,
  machine: Machine,
  { isQuick = false }: DiagnoseOptions = {},
): Promise<Diagnosis[]> {
  const ground = await groundOf(surroundings, machine);
  return Promise.all(
    CHECKS.filter(({ isSlow }) => !(isQuick && isSlow)).map(async (check) => {
      const { name, title } = check;
      const found = await attempt(check, ground);
      return found === "left-out"
        ? { name, title, outcome: found, findings: [] }
        : { name, title, outcome: outcomeOf(found), findings: found };
    }),
  );
}
