import { existsSync } from "node:fs";
import { BusUnavailable } from "../../../helper/systemd/bus-errors.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { inTurn } from "../mend.ts";

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

export const bus: Check = {
  name: "bus",
  title: "the system bus, and systemd at its other end",
  run: async ({ machine }) => {
    try {
      await machine.systemd.managerProperty("Version");
      return [];
    } catch (error) {
      if (error instanceof BusUnavailable) return [unreachable(error, isSystemdBooted())];
      throw error;
    }
  },
};
