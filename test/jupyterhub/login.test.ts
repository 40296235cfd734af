import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import type { Testbed } from "../../testbed/index.ts";
import { openBrowser } from "./browser.ts";
import { bootJupyterHub, PASSWORD, startHub } from "./world.ts";

jest.setTimeout(300_000);
let testbed: Testbed;
let browser: Browser;
beforeAll(async () => {
  testbed = await bootJupyterHub();
  await startHub(testbed);
  browser = await openBrowser(testbed);
});
afterAll(async () => {
  await browser?.close();
  await testbed?.shutdown();
});

test("zoe logs in", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto("http://127.0.0.1/");
  await page.fill("#username_input", "zoe");
  await page.fill("#password_input", PASSWORD);
  await page.screenshot({ path: "/tmp/s1.png" });
  await page.click("#login_submit");
  await page.waitForTimeout(3000);
  await page.screenshot({ path: "/tmp/s2.png" });
  await page.waitForURL(/\/user\/zoe\/lab/, { timeout: 60_000 });
  await page.waitForTimeout(5000);
  await page.screenshot({ path: "/tmp/s3.png" });
  expect(1).toBe(1);
});
