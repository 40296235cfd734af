import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { HUB, logIn, openHome, runCell } from "./pages.ts";
import { keepScreenshot } from "./screenshots.ts";
import { setJupyterStage } from "./stage.ts";

/** What a hub that has been taken over would try: even a sudoers file that allows everything is of no use to it. */
const ATTEMPTS = `
import json, subprocess

def attempt(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    return {"status": done.returncode, "said": done.stdout + done.stderr}

Path("attempts.json").write_text(json.dumps({
    "sudo": attempt("sudo", "-n", "id", "-u"),
    "systemd": attempt("busctl", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                       "org.freedesktop.systemd1.Manager", "StartUnit", "ss", "jupyterhub-singleuser-wash.service", "replace"),
}))
`;
const stage = setJupyterStage({
  config: ATTEMPTS,
  prepare: (testbed) =>
    testbed.write("/etc/sudoers.d/jupyter", "jupyter ALL=(ALL) NOPASSWD: ALL\n", { mode: "440" }),
});

const DEFAULT = "jupyterhub-singleuser-zoe.service";
const NAMED = "jupyterhub-singleuser-zoe@gpu\\x2d1.service";

async function uidOf(pid: string): Promise<string> {
  return (await stage.testbed.run(["stat", "--format=%u", `/proc/${pid}`])).stdout.trim();
}
const idOf = async (account: string): Promise<string> =>
  (await stage.testbed.run(["id", "-u", account])).stdout.trim();

async function statusOf(unit: string): Promise<Record<string, string>> {
  const text = await stage.testbed.read(`/proc/${await stage.property(unit, "MainPID")}/status`);
  return Object.fromEntries(text.split("\n").map((line) => line.split(/:\s+/, 2) as [string, string]));
}

describe("zoe, with her password and a browser", () => {
  let page: Page;
  beforeAll(async () => {
    page = await stage.newPage();
    await page.goto(HUB);
    await keepScreenshot(page, "login");
    await logIn(page, "zoe");
    await page.waitForURL(/\/user\/zoe\/lab/);
  });
  afterAll(async () => {
    await page.context().close();
  });

  test("gets a server in which JupyterLab loads, and a cell runs as nobody but her", async () => {
    const output = await runCell(page, "import os; os.getuid()");
    expect(output).toBe(await idOf("zoe"));
    await keepScreenshot(page, "jupyterlab");
  });

  test("gets a second server that she has named, sees both on the hub's page, and stops both there", async () => {
    await openHome(page);
    await page.fill(".new-server-name", "gpu-1");
    await page.click(".new-server-btn");
    await page.click('[id="start-gpu-1"]');
    await page.waitForURL(/\/user\/zoe\/gpu-1\/lab/);
    await page.locator("#jp-main-dock-panel").waitFor();
    expect(await stage.property(NAMED, "ActiveState")).toBe("active");
    expect(await stage.property(DEFAULT, "ActiveState")).toBe("active");
    expect(await uidOf(await stage.property(NAMED, "MainPID"))).toBe(await idOf("zoe"));

    await openHome(page);
    await page.locator("#stop").waitFor();
    await keepScreenshot(page, "home");
    await page.click('[id="stop-gpu-1"]');
    await page.locator('[id="start-gpu-1"]').waitFor({ state: "visible" });
    await stage.stopped(NAMED);
    expect(await stage.property(DEFAULT, "ActiveState")).toBe("active");
    await page.click("#stop");
    await page.locator("#start").getByText("Start My Server").waitFor();
    await stage.stopped(DEFAULT);
  });
});

describe("nobody has more than they need", () => {
  test("hub, proxy and helper each have an account, and no more than one of them is root", async () => {
    const uids = await Promise.all(
      ["jupyterhub.service", "jupyterhub-proxy.service"].map(async (unit) => (await statusOf(unit))["Uid"]),
    );
    const hub = await idOf("jupyter");
    expect(uids[0]?.split("\t")).toEqual([hub, hub, hub, hub]);
    // DynamicUser=: systemd.exec(5).
    expect(Number(uids[1]?.split("\t")[0])).toBeGreaterThanOrEqual(61184);
  });

  test("the hub has no capability and cannot get one", async () => {
    const status = await statusOf("jupyterhub.service");
    expect(status).toMatchObject({ NoNewPrivs: "1", Seccomp: "2" });
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(status[set]).toMatch(/^0+$/);
  });

  test("the proxy has the one capability that port 80 needs", async () => {
    // CAP_NET_BIND_SERVICE is bit 10: capabilities(7).
    for (const set of ["CapEff", "CapBnd"]) {
      expect(parseInt((await statusOf("jupyterhub-proxy.service"))[set] ?? "", 16)).toBe(1 << 10);
    }
  });

  test("a sudoers file that allows it everything is of no use to the hub, nor is systemd itself", async () => {
    const attempts = JSON.parse(await stage.testbed.read("/var/lib/jupyterhub/attempts.json")) as unknown;
    expect(attempts).toEqual({
      sudo: { status: 1, said: expect.stringContaining("no new privileges") },
      // Its unit hides the bus.
      systemd: { status: 1, said: expect.stringMatching(/^Failed to connect to .*bus/) },
    });
    // Outside of the hub's unit the same file does give root away: the attempt above could have worked.
    const outside = await stage.testbed.run(["sudo", "-n", "id", "-u"], { user: "jupyter" });
    expect(outside.stdout.trim()).toBe("0");
  });

  test("polkit does not run", async () => {
    expect(await stage.property("polkit.service", "ActiveState")).toBe("inactive");
  });
});
