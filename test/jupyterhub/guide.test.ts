// Types what docs/jupyterhub.md says into a fresh machine. Only what needs a network is there already: Node, the tree of
// JupyterHub and the spawner's wheel.
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { copyProject, Testbed } from "../../testbed/index.ts";
import { read } from "../docs/markdown.ts";
import { openBrowser } from "./browser.ts";
import { GuideReader } from "./guide-reader.ts";
import { stepsOf, type Step } from "./guide-steps.ts";
import { logIn, openHome, runCell } from "./pages.ts";
import { hubServes, installSpawner, PROJECT, startHub, treeOf } from "./world.ts";

jest.setTimeout(600_000);

const GUIDE = read("docs/jupyterhub.md");
const isMarked = (step: Step, mark: string): boolean => step.kind === "type" && step.when === mark;
const isAfterLogin = (step: Step): boolean => isMarked(step, "after the login");
const section = (heading: string): Step[] =>
  stepsOf(GUIDE, heading).filter((step) => !isMarked(step, "by the network"));

let testbed: Testbed;
let reader: GuideReader;
let browser: Browser;
beforeAll(async () => {
  testbed = await Testbed.boot({ layers: { "/opt/jupyterhub": treeOf("6") } });
  await testbed.run(["systemctl", "mask", "--runtime", "--now", "polkit.service"]);
  await copyProject(testbed, PROJECT);
  await installSpawner(testbed);
  browser = await openBrowser(testbed);
  reader = new GuideReader(testbed);
  await reader.follow(section("## Step by step").filter((step) => !isAfterLogin(step)));
});
afterAll(async () => {
  await browser.close();
  await testbed.shutdown();
});

/** Logs in as somebody new, and returns JupyterLab. */
async function reachLab(user: string): Promise<Page> {
  await hubServes(testbed);
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, user);
  await page.waitForURL(new RegExp(`/user/${user}/lab`), { timeout: 180_000 });
  await labIsThere(page);
  return page;
}

const labIsThere = (page: Page): Promise<void> => page.getByText("File", { exact: true }).first().waitFor();

test("whoever types what the guide says can log in, and sees what it shows", async () => {
  await reachLab("zoe");
  await reader.follow(section("## Step by step").filter(isAfterLogin));
});

test("who has logged in can run a cell, and start a server with a name", async () => {
  const page = await reachLab("zoe");
  expect(await runCell(page, "6 * 7")).toBe("42");
  await openHome(page);
  await page.fill(".new-server-name", "gpu-1");
  await page.click(".new-server-btn");
  await page.click('[id="start-gpu-1"]');
  await page.waitForURL(/\/user\/zoe\/gpu-1\/lab/, { timeout: 180_000 });
  await labIsThere(page);
  const { stdout } = await testbed.run(["helperctl", "list", "--user", "zoe"], { check: false });
  expect(stdout).toMatch(/^zoe +gpu-1 +active/m);
});

test("the guide's steps for PAM give the servers a session", async () => {
  const { stdout: version } = await testbed.run(["systemctl", "--version"]);
  await reader.follow(section("### A PAM session for each server"));
  const show = ["systemctl", "show", "--property=PAMName,Type", "jupyterhub-singleuser-zoe.service"];
  expect([version, (await testbed.run(show)).stdout]).toEqual([
    version,
    "Type=simple\nPAMName=hub-helper-server\n",
  ]);
});

test("whoever follows the guide's example of groups gets servers with limits of their own", async () => {
  const steps = section("### Groups with units and limits of their own");
  expect(steps.filter(({ kind }) => kind === "write")).toHaveLength(3);
  await reader.follow(steps.filter((step) => !isAfterLogin(step)));
  await reachLab("wash");
  await reader.follow(steps.filter(isAfterLogin));
});

test("a proxy that is started again has the way to everybody's server again, and no server was stopped", async () => {
  const page = await reachLab("zoe");
  const mainPid = ["systemctl", "show", "--property=MainPID", "jupyterhub-singleuser-zoe.service"];
  const { stdout: before } = await testbed.run(mainPid);
  await testbed.run(["systemctl", "restart", "jupyterhub-proxy.service"]);
  await startHub(testbed);
  await page.reload();
  await labIsThere(page);
  expect((await testbed.run(mainPid)).stdout).toBe(before);
});

test("whoever follows the guide's example of TLS reaches the hub by https", async () => {
  const steps = section("### TLS in front");
  try {
    await reader.follow(steps);
  } finally {
    for (const step of steps) if (step.kind === "write") await testbed.run(["rm", step.path]);
    await testbed.run(["systemctl", "daemon-reload"]);
    await testbed.run(["systemctl", "restart", "jupyterhub-proxy.service"]);
    await startHub(testbed);
  }
});
