import { expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { runCell } from "./cells.ts";
import { launchServer, serversOf, stopServer } from "./hub-api.ts";
import { killHub, killMainProcess } from "./hub-process.ts";
import { logIn } from "./pages.ts";
import { setJupyterStage } from "./stage.ts";
import { runOf, unitOf } from "./units.ts";

const EXAMPLES = "/usr/share/doc/hub-helper/examples/jupyterhub/internal-ssl";
const CONFIG = `
c.JupyterHub.internal_ssl = True
c.ConfigurableHTTPProxy.api_url = "https://127.0.0.1:8001"
`;

/** Follows docs/jupyterhub-internal-ssl.md. */
async function prepare(testbed: Testbed): Promise<void> {
  await testbed.run([`${EXAMPLES}/make-certificates`]);
  const place = "/etc/systemd/system/jupyterhub-proxy.service.d/internal-ssl.conf";
  await testbed.run(["install", "-D", "-m", "644", `${EXAMPLES}/proxy.conf`, place]);
}

const stage = setJupyterStage({ config: CONFIG, prepare });
const sum = (user: string, server = ""): Promise<string> =>
  runCell(stage.testbed, user, server, "print(6 * 7)");

/** Where a server listens, as the hub has noted it. */
const urlOf = async (user: string, server = ""): Promise<string> =>
  (await serversOf(stage.testbed, user))[server]?.state["url"] ?? "";

test("cells run in two servers of one user that are started at once, through an encrypted chain", async () => {
  await Promise.all([launchServer(stage.testbed, "zoe"), launchServer(stage.testbed, "zoe", "second")]);
  expect(await urlOf("zoe")).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await Promise.all([sum("zoe"), sum("zoe", "second")])).toEqual(["42\n", "42\n"]);
});

test("a server goes on, also over a restart of its own, when another of its user has been started", async () => {
  await launchServer(stage.testbed, "wash");
  await launchServer(stage.testbed, "wash", "later");
  expect(await Promise.all([sum("wash"), sum("wash", "later")])).toEqual(["42\n", "42\n"]);
  const since = new Date();
  await killMainProcess(stage.testbed, unitOf("wash"));
  const follow = stage.testbed.followJournal({ unit: unitOf("wash"), since, timeoutMs: 120_000 });
  for await (const { MESSAGE = "" } of follow) if (MESSAGE.includes(" is running at:")) break;
  expect(await sum("wash")).toBe("42\n");
  await stopServer(stage.testbed, "wash", "later");
});

test("a user logs in, and their server outlives the hub", async () => {
  await launchServer(stage.testbed, "zoe", "kept");
  const before = await runOf(stage.testbed, unitOf("zoe", "kept"));
  await killHub(stage.testbed);
  expect((await serversOf(stage.testbed, "zoe"))["kept"]?.ready).toBe(true);
  expect(await runOf(stage.testbed, unitOf("zoe", "kept"))).toEqual(before);
  expect(await sum("zoe", "kept")).toBe("42\n");
  const page = await stage.newPage();
  await logIn(page, "zoe");
  await page.goto("http://127.0.0.1/user/zoe/kept/lab");
  await page.waitForSelector("#jp-main-dock-panel");
  await stopServer(stage.testbed, "zoe", "kept");
});

test("nobody reads a key that is not theirs, and nobody without a key is talked to", async () => {
  await launchServer(stage.testbed, "zoe", "keys");
  const unit = unitOf("zoe", "keys");
  const read = async (user: string, path: string): Promise<string> =>
    (await stage.testbed.run(["cat", path], { user, check: false })).stdout;
  const own = `/run/credentials/${unit}/hub_keyfile`;
  expect(await read("zoe", own)).toContain("PRIVATE KEY");
  expect(await read("wash", own)).toBe("");
  const proxyKey = "/etc/jupyterhub/credentials/internal-ssl/client.key";
  const hubKey = "/var/lib/jupyterhub/internal-ssl/hub-internal/hub-internal.key";
  for (const path of [proxyKey, hubKey]) {
    expect(await read("root", path)).toContain("PRIVATE KEY");
    expect(await read("wash", path)).toBe("");
  }

  const ask = async (url: string, ...options: string[]): Promise<number | null> =>
    (
      await stage.testbed.run(["curl", "--silent", "--insecure", "--output", "/dev/null", ...options, url], {
        check: false,
      })
    ).status;
  const url = await urlOf("zoe", "keys");
  const pair = ["--cert", proxyKey.replace(".key", ".crt"), "--key", proxyKey];
  for (const place of [`${url}/user/zoe/keys/api`, "https://127.0.0.1:8081/hub/api"]) {
    expect(await ask(place, ...pair)).toBe(0);
    expect(await ask(place)).not.toBe(0);
  }
  await stopServer(stage.testbed, "zoe", "keys");
});
