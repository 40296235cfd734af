import { describe, expect, test } from "@jest/globals";
import { unitState } from "../client/states.ts";
import { displayWidth } from "../../src/helperctl/columns.ts";
import { renderList } from "../../src/helperctl/list/table.ts";
import { PLAIN } from "../../src/helperctl/screen.ts";
import { ACTED_ON, asked, HOSTILE, NOW, TERMINAL } from "./support.ts";

const UNITS = [
  unitState({
    activeSince: "2030-01-02T00:00:00Z",
    memoryBytes: 312 * 1024 ** 2,
    cpuSeconds: 0.35,
    tasks: 17,
  }),
  unitState({ user: "wash", server: "数据", activeState: "failed", subState: "failed", unit: "b.service" }),
  unitState({ user: "kaylee", activeState: "inactive", subState: "dead", unit: "c.service" }),
];

describe("list", () => {
  test("shows a table of the servers", async () => {
    const { status, printed, complained } = await asked(["list"], { units: UNITS });
    expect({ status, complained }).toEqual({ status: 0, complained: "" });
    expect(printed).toBe(
      [
        "USER    SERVER     STATE                          SINCE          MEMORY   CPU     TASKS  UNIT",
        "zoe     (default)  active (running)               3 h 4 min ago  312 MiB  350 ms  17     jupyterhub-singleuser-zoe.service",
        "wash    数据       failed (failed)                -              -        -       -      b.service",
        "kaylee  (default)  inactive (credentials staged)  -              -        -       -      c.service",
        "",
      ].join("\n"),
    );
  });

  test.each([
    ["exit-code", 1, 203, "failed (status 203/EXEC)"],
    ["signal", 2, 9, "failed (SIGKILL)"],
    ["oom-kill", 2, 9, "failed (oom-kill)"],
    ["start-limit-hit", 1, 1, "failed (start-limit-hit)"],
  ])("says why a server has failed: %s", (result, execMainCode, execMainStatus, text) => {
    const failed = unitState({
      activeState: "failed",
      subState: "failed",
      result,
      execMainCode,
      execMainStatus,
    });
    expect(renderList([failed], NOW, PLAIN)).toContain(` ${text} `);
  });

  test("leaves the unit out where the terminal has no room for it, and is never wider", () => {
    const narrow = renderList(UNITS, NOW, { columns: 80, colour: false }).trimEnd().split("\n");
    expect(narrow[0]).toMatch(/TASKS$/);
    for (const line of narrow) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(renderList(UNITS, NOW, { columns: 140, colour: false })).toBe(renderList(UNITS, NOW, PLAIN));
  });

  test("cuts names that are too long for the terminal, and none in a pipe", () => {
    const long = [unitState({ user: "u".repeat(64), server: "s".repeat(64), activeState: "deactivating" })];
    for (const line of renderList(long, NOW, { columns: 80, colour: false }).trimEnd().split("\n"))
      expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(renderList(long, NOW, PLAIN)).toContain("u".repeat(64));
  });

  test("has colours by state", () => {
    const printed = renderList(UNITS, NOW, TERMINAL);
    expect(printed).toContain("\u001b[32mactive (running)");
    expect(printed).toContain("\u001b[31mfailed (failed)");
    const going = renderList([unitState({ activeState: "deactivating" })], NOW, TERMINAL);
    expect(going).toContain("\u001b[33mdeactivating (");
  });

  test("marks a server whose file has changed, and says on a terminal what that means", () => {
    const stale = [unitState({ needDaemonReload: true })];
    expect(renderList(stale, NOW, PLAIN)).toMatch(/^USER.*\nzoe .*active \(running\) \* .*\n$/);
    expect(renderList(stale, NOW, TERMINAL)).toContain("* its unit file has changed");
  });

  test("says so when there are none", async () => {
    const all = await asked(["list"], { units: [] });
    expect(all).toMatchObject({ status: 0, printed: expect.stringMatching(/^Nothing runs, .*\.\n$/) });
    const some = await asked(["list", "--user", "zoe"], { units: [] });
    expect(some).toMatchObject({
      status: 0,
      printed: expect.stringMatching(/^Of these, nothing runs, .*\.\n$/),
    });
  });

  test("asks for one user and one template where it is told to", async () => {
    const { requests } = await asked(["list", "--user", "zoe", "--template", "gpu"], { units: [] });
    expect(requests).toMatchObject([{ method: "list", params: { user: "zoe", template: "gpu" } }]);
  });

  test("prints what the helper answered with --json", async () => {
    const { printed } = await asked(["list", "--json"], { units: UNITS });
    expect(JSON.parse(printed)).toEqual({ units: UNITS });
  });

  test.each([[[]], [["--json"]]])("keeps hostile text from the terminal, with %j as well", async (flags) => {
    const hostile = unitState({ user: HOSTILE, server: HOSTILE, subState: HOSTILE, unit: HOSTILE });
    const { printed } = await asked(["list", ...flags], { units: [hostile] });
    expect(printed).not.toMatch(ACTED_ON);
    if (flags.length === 0) expect(printed.trimEnd().split("\n")).toHaveLength(2);
  });
});
