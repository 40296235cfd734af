import { describe, expect, test } from "@jest/globals";
import { unitState } from "../client/states.ts";
import { ACTED_ON, asked, HOSTILE } from "./support.ts";

const UNITS = [
  unitState({ activeSince: "2030-01-02T00:00:00Z", memoryBytes: 312 * 1024 ** 2, tasks: 17 }),
  unitState({ user: "wash", server: "数据", activeState: "failed", subState: "failed", unit: "b.service" }),
  unitState({ user: "kaylee", activeState: "inactive", subState: "dead", unit: "c.service" }),
];

describe("list", () => {
  test("shows a table of the servers", async () => {
    const { status, printed, complained } = await asked(["list"], { units: UNITS });
    expect({ status, complained }).toEqual({ status: 0, complained: "" });
    expect(printed).toBe(
      [
        "USER    SERVER     STATE                          SINCE          MEMORY   TASKS  UNIT",
        "zoe     (default)  active (running)               3 h 4 min ago  312 MiB  17     jupyterhub-singleuser-zoe.service",
        "wash    数据       failed (failed)                -              -        -      b.service",
        "kaylee  (default)  inactive (credentials staged)  -              -        -      c.service",
        "",
      ].join("\n"),
    );
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
