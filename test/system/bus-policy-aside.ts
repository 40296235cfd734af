import { BUS_NAME } from "../../src/helper/systemd/bus-name.ts";
import type { Testbed } from "../../testbed/index.ts";

const POLICY = `/usr/share/dbus-1/system.d/${BUS_NAME}.conf`;
const ASIDE = `${POLICY}.aside`;
const RELOAD = "busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig";

/** Takes the bus's policy away, so that every account can send to the helper; the next helper does not own its name. */
export async function openBus(testbed: Testbed): Promise<void> {
  await testbed.run(["systemctl", "stop", "helper.service"]);
  await testbed.run(["sh", "-ec", `mv ${POLICY} ${ASIDE}; ${RELOAD}`]);
}

export async function closeBus(testbed: Testbed): Promise<void> {
  await testbed.run(["sh", "-ec", `[ ! -e ${ASIDE} ] || mv ${ASIDE} ${POLICY}; ${RELOAD}`]);
}
