import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";

const stage = setStage();
const UNIT = "/etc/systemd/system/hub.service";
const EXAMPLES = "/usr/share/doc/hub-helper/examples";

test("the hub's unit reaches the helper, and not the system bus", async () => {
  const { testbed } = stage;
  const shipped = await testbed.read(`${EXAMPLES}/hub.service`);
  const dial = (path: string): string =>
    `python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("${path}")' && echo yes || echo no`;
  const script = `${dial("/run/hub-helper/helper.sock")}; ${dial("/run/dbus/system_bus_socket")}`;
  await testbed.write("/opt/reach.sh", `#!/bin/sh\n${script}\n`, { mode: "755" });
  await testbed.write(
    UNIT,
    shipped.replace(/^ExecStart=.*$/m, "ExecStart=/bin/sh -c '/opt/reach.sh >%S/jupyterhub/reach'"),
  );
  await testbed.run(["systemctl", "daemon-reload"]);
  await testbed.run(["systemctl", "start", "--wait", "hub.service"]);
  expect(await testbed.read("/var/lib/jupyterhub/reach")).toBe("yes\nno\n");
});
