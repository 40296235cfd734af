import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { audited } from "../system/audit-records.ts";
import type { Breakage } from "./breakages.ts";
import { BREAKAGES, HOSTILE_STATUS } from "./breakages.ts";
import { serveLightly } from "./light-server.ts";
import { HUB, logIn } from "./pages.ts";
import { keepScreenshot } from "./screenshots.ts";
import { setJupyterStage } from "./stage.ts";

/** Whoever has a password may log in; who may have a server, the policy alone says. */
const CONFIG = `
c.Authenticator.allow_all = True

def particular(spawner):
    if spawner.user.name == "river":
        spawner.start_timeout = 6
    if spawner.user.name == "simon":
        spawner.username_template = "jupyter-{username}"

c.Spawner.pre_spawn_hook = particular
`;
const stage = setJupyterStage({
  users: [...BREAKAGES.map(({ user }) => user), "jupyter-simon"],
  config: CONFIG,
});
beforeAll(async () => serveLightly(stage.testbed));

const PENDING = /\/hub\/spawn-pending\//;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Told {
  readonly says: string;
  readonly id: string;
}

/** What the page says of a failure, once it does: a sentence, and the request's number. */
async function readFailure(page: Page): Promise<Told> {
  const code = page.locator("p code").first();
  await code.waitFor({ timeout: 60_000 });
  const text = await code.locator("xpath=ancestor::p[1]").innerText();
  const [says = "", id = ""] = text.replace(/\s+/g, " ").trim().split(" Request number: ");
  return { says, id };
}

async function logOf(unit: string): Promise<string> {
  return (await stage.testbed.journal({ unit })).map(({ MESSAGE = "" }) => MESSAGE).join("\n");
}

async function recordsOf(id: string): Promise<string[]> {
  return (await audited(stage.testbed))
    .filter(({ requestId }) => requestId === id)
    .map(({ method, outcome }) => `${String(method)} ${String(outcome)}`);
}

/** How many lines helperctl prints. */
async function linesOf(args: readonly string[]): Promise<number> {
  return (await stage.testbed.run(["helperctl", ...args])).stdout.trimEnd().split("\n").length;
}

/** Logs in, and reads what comes in place of a server. Where that is the progress page, it is read again in peace. */
async function meet({ name, user, isLater, status }: Breakage, page: Page): Promise<Told> {
  let shown = 0;
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) shown = response.status();
  });
  await logIn(page, user);
  const told = await readFailure(page);
  await keepScreenshot(page, `failure-${name}`);
  if (isLater) expect(page.url()).toMatch(PENDING);
  // What a program says of itself, and what failed, is text.
  expect(await page.locator("#progress-message img, #progress-log img, .error img").count()).toBe(0);
  if (name === "never-ready") expect(await page.innerText("#progress-log")).toContain(HOSTILE_STATUS);
  if (PENDING.test(page.url())) {
    await page.reload();
    expect(await readFailure(page)).toEqual(told);
    if (isLater) await keepScreenshot(page, `failure-${name}-again`);
  }
  expect(shown).toBe(status);
  expect(await page.innerText("body")).not.toMatch(/Traceback|File "|helperctl|\.service/);
  return told;
}

/** As a user does: with the button that the page has, or the one on the page that it links to. */
async function tryAgain(page: Page, user: string): Promise<void> {
  if (!PENDING.test(page.url())) await page.goto(`${HUB}/hub/home`);
  await page.click("#start");
  await page.waitForURL(new RegExp(`/user/${user}/`), { timeout: 60_000 });
  expect(JSON.parse(await page.innerText("body"))).toMatchObject({ user });
}

describe.each(BREAKAGES)("$name:", (breakage) => {
  const { user, says, admin, records, make, mend } = breakage;

  test("the user reads what to do, the admin finds it in both logs, and the next try works", async () => {
    const { testbed } = stage;
    await make(testbed);
    const page = await stage.newPage();
    try {
      const told = await meet(breakage, page);
      expect(told).toEqual({ says, id: expect.stringMatching(UUID) });
      const lines = (await logOf("jupyterhub.service")).split("\n").filter((line) => line.includes(told.id));
      expect(lines[0]).toContain(admin);
      const account = user === "simon" ? "jupyter-simon" : user;
      expect(await stage.property(`jupyterhub-singleuser-${account}.service`, "ActiveState")).toBe(
        "inactive",
      );
      expect(await recordsOf(told.id)).toEqual(records);
      expect(await linesOf(["log", "--id", told.id])).toBe(Math.max(1, records.length));
    } finally {
      await mend(testbed);
    }
    await tryAgain(page, user);
  });
});

test("no failure was a surprise to the hub", async () => {
  const log = await logOf("jupyterhub.service");
  // A failure that nobody waited for any more has its traceback from asyncio, whatever the spawner raises.
  expect(log).not.toMatch(/Unhandled error|Failed to cleanup|Spawner\.db is deprecated/);
});
