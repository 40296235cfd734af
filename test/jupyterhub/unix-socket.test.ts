import { expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { runCell } from "./cells.ts";
import { launchServer, serversOf, stopServer } from "./hub-api.ts";
import { killHub } from "./hub-process.ts";
import { logIn } from "./pages.ts";
import { setJupyterStage } from "./stage.ts";
import { livingUnits, runOf } from "./units.ts";

const EXAMPLES = "/usr/share/doc/hub-helper/examples/jupyterhub/unix-sockets";
const MOUNT = "run-hub\\x2dsockets.mount";
const PLACE = "/etc/systemd/system/jupyterhub-singleuser-.service.d/50-socket.conf";
/** A name that systemd escapes. */
const USER = "ann-lee";
const NAME = "jupyterhub-singleuser-ann\\x2dlee";

const stage = setJupyterStage({
  users: [USER, "wash"],
  config: 'c.HubHelperSpawner.unix_socket = "/run/hub-sockets/{path}/server.sock"\n',
  prepare: async (testbed: Testbed) => {
    await testbed.run(["install", "-D", "-m", "644", `${EXAMPLES}/server.conf`, PLACE]);
    await testbed.run(["install", "-m", "644", "-t", "/etc/systemd/system", `${EXAMPLES}/${MOUNT}`]);
  },
});

test("a cell runs in a server that listens on a socket, before and after the hub was killed", async () => {
  await launchServer(stage.testbed, USER);
  const unit = `${NAME}.service`;
  const before = await runOf(stage.testbed, unit);
  expect(await runCell(stage.testbed, USER, "", "print(6 * 7)")).toBe("42\n");
  // Where the proxy, which runs since before, has to see it.
  expect(await stage.property(MOUNT, "ActiveState")).toBe("active");
  await killHub(stage.testbed);
  expect((await serversOf(stage.testbed, USER))[""]?.ready).toBe(true);
  expect(await runOf(stage.testbed, unit)).toEqual(before);
  expect(await runCell(stage.testbed, USER, "", "print(6 * 7)")).toBe("42\n");
  const page = await stage.newPage();
  await logIn(page, USER);
  await page.waitForURL(new RegExp(`/user/${USER}/lab`));
  await page.waitForSelector("#jp-main-dock-panel");
  await stopServer(stage.testbed, USER);
  expect(await livingUnits(stage.testbed)).not.toContain(unit);
});

test("a named server has a socket of its own, whose place nobody else can take", async () => {
  await launchServer(stage.testbed, USER, "gpu");
  const directory = `/run/hub-sockets/jupyterhub/singleuser/${USER}@gpu`;
  expect(await runCell(stage.testbed, USER, "gpu", "print(6 * 7)")).toBe("42\n");
  const take = ["sh", "-c", 'rm -f "$1" || mkdir "$1.mine"', "take", `${directory}/server.sock`];
  const { status } = await stage.testbed.run(take, { user: "wash", check: false });
  expect(status).not.toBe(0);
  const { stdout } = await stage.testbed.run(["stat", "-c", "%U %a", directory]);
  expect(stdout).toBe(`${USER} 755\n`);
  const listening = ["ss", "--listening", "--tcp", "--numeric", "--no-header", "sport >= :20000"];
  expect((await stage.testbed.run(listening)).stdout).toBe("");
  await stopServer(stage.testbed, USER, "gpu");
  expect(await stage.testbed.exists(directory)).toBe(false);
});
