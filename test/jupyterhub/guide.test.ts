// Types what docs/jupyterhub.md says into a fresh machine. Only what needs a network is there already: Node, the tree of
// JupyterHub and the spawner's wheel.
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { copyProject, Testbed } from "../../testbed/index.ts";
import { read } from "../docs/markdown.ts";
import { openBrowser } from "./browser.ts";
import { GuideReader } from "./guide-reader.ts";
import { stepsOf } from "./guide-steps.ts";
import { logIn } from "./pages.ts";
import { installSpawner, PROJECT, treeOf } from "./world.ts";

jest.setTimeout(300_000);

const GUIDE = read("docs/jupyterhub.md");
const steps = stepsOf(GUIDE, "## Step by step").filter(
  (step) => step.kind === "write" || step.when !== "by the network",
);
const isAfterLogin = (step: (typeof steps)[number]): boolean =>
  step.kind === "type" && step.when === "after the login";

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
  await reader.follow(steps.filter((step) => !isAfterLogin(step)));
});
afterAll(async () => {
  await browser.close();
  await testbed.shutdown();
});

test("whoever types what the guide says can log in, and sees what it shows", async () => {
  const page = await (await browser.newContext()).newPage();
  await logIn(page, "zoe");
  await page.waitForURL(/\/user\/zoe\/lab/, { timeout: 180_000 });
  await page.getByText("File", { exact: true }).first().waitFor();
  await reader.follow(steps.filter(isAfterLogin));
  expect(await page.title()).toContain("JupyterLab");
});
