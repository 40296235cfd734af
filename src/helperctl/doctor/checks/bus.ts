import { existsSync, readFileSync } from "node:fs";
import { BusUnavailable } from "../../../helper/systemd/bus-errors.ts";
import { BUS_NAME } from "../../../helper/systemd/bus-name.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { INSTALL_AGAIN, inTurn } from "../mend.ts";
import { HELPER_SERVICE } from "../names.ts";
import { numberOf, textOf } from "../properties.ts";

/** sd_booted(3). */
const isSystemdBooted = (): boolean => existsSync("/run/systemd/system");

export function unreachable({ message }: Error, isBooted: boolean): Finding {
  const code = "bus-unreachable";
  const rest = "the helper needs it for every start and stop, and what systemd knows could not be looked at";
  return isBooted
    ? {
        code,
        severity: "error",
        text: `systemd cannot be reached over the system bus (${message}): ${rest}`,
        mend: inTurn(["systemctl", "restart", "dbus.socket"], ["systemctl", "start", "dbus.service"]),
      }
    : { code, severity: "error", text: `this machine has not been booted with systemd: ${rest}`, mend: null };
}

/** Where scripts/install puts the policy: with the prefix /usr, and with any other, below which no bus looks. */
const POLICY_PLACES = ["/usr/share/dbus-1/system.d", "/etc/dbus-1/system.d"].map(
  (directory) => `${directory}/${BUS_NAME}.conf`,
);

/** The elements of the policy that is shipped: everybody's first, then root's, which the bus puts above. */
export const BUS_POLICY = [
  '<policy context="default">',
  `<deny own="${BUS_NAME}"/>`,
  `<deny send_destination="${BUS_NAME}"/>`,
  "</policy>",
  '<policy user="root">',
  `<allow own="${BUS_NAME}"/>`,
  `<allow send_destination="${BUS_NAME}"/>`,
  "</policy>",
];

const FLOOD = "any account can flood the helper with messages, and starts then take minutes";

/** @param texts what is installed, by path */
export function judgeBusPolicy(texts: ReadonlyMap<string, string>): Finding[] {
  const [expected = ""] = POLICY_PLACES;
  if (texts.size === 0) {
    const text = `${expected} is missing: ${FLOOD}; run scripts/install again, in the sources of hub-helper`;
    return [{ code: "bus-policy-missing", severity: "error", text, file: expected, mend: INSTALL_AGAIN }];
  }
  return [...texts].flatMap(([file, content]): Finding[] => {
    const elements = content.replace(/<!--[^]*?-->/g, "").match(/<\/?(?:policy|allow|deny)\b[^>]*>/g) ?? [];
    if (elements.join() === BUS_POLICY.join()) return [];
    const text = `${file} is not the policy that hub-helper ships, which lets only root own ${BUS_NAME} and send to its owner; remove your changes, or run scripts/install again, in the sources of hub-helper`;
    return [{ code: "bus-policy-changed", severity: "error", text, file, mend: INSTALL_AGAIN }];
  });
}

/** @param owner the process that owns the name; null: none */
export function judgeBusName(owner: number | null): Finding {
  const code = "bus-name";
  const problem = `the helper does not own ${BUS_NAME} on the system bus`;
  const rest = { code, severity: "error", unit: HELPER_SERVICE } as const;
  if (owner !== null)
    return { ...rest, text: `${problem}, process ${owner} does: ${FLOOD}; stop that process`, mend: null };
  const text = `${problem}: ${FLOOD}; reload the bus's policy and restart the helper`;
  const reload = ["busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus"];
  const mend = inTurn(
    [...reload, "org.freedesktop.DBus", "ReloadConfig"],
    ["systemctl", "try-restart", HELPER_SERVICE],
  );
  return { ...rest, text, mend };
}

function installedPolicies(): Map<string, string> {
  const present = POLICY_PLACES.filter((path) => existsSync(path));
  return new Map(present.map((path) => [path, readFileSync(path, "utf8")]));
}

/** A helper that is not on the bus, which it joins when it needs systemd, cannot be flooded there. */
async function findNameFault({ machine, unit }: Context): Promise<Finding[]> {
  const service = await unit(HELPER_SERVICE);
  if (service === null || textOf(service, "ActiveState") !== "active") return [];
  const pid = numberOf(service, "MainPID");
  const owner = await machine.systemd.busOwner(BUS_NAME);
  if (owner === pid || !(await machine.systemd.isOnBus(pid))) return [];
  return [judgeBusName(owner)];
}

export const bus: Check = {
  name: "bus",
  title: "the system bus, and systemd at its other end",
  run: async (context) => {
    const ofPolicy = judgeBusPolicy(installedPolicies());
    try {
      await context.machine.systemd.managerProperty("Version");
      return [...ofPolicy, ...(await findNameFault(context))];
    } catch (error) {
      if (error instanceof BusUnavailable) return [unreachable(error, isSystemdBooted()), ...ofPolicy];
      throw error;
    }
  },
};
