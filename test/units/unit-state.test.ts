import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Target } from "../../src/protocol/target.ts";
import type { UnitName } from "../../src/units/pattern.ts";
import { escapeText, toUnitState } from "../../src/units/unit-state.ts";
import { rawUnit } from "./raw-units.ts";

const target = { template: "singleuser", user: "zoe", server: "" } as Target;
const unit = "jupyterhub-singleuser-zoe.service" as UnitName;

describe("escapeText", () => {
  test("leaves nothing that could move a cursor, turn the line round or begin another", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeText(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("shows what it has escaped", () => {
    expect(escapeText("a\u001b[31m\n\u202eb")).toBe("a\\u{1b}[31m\\u{a}\\u{202e}b");
  });

  test("gives at most 200 characters", () => {
    expect(Array.from(escapeText("é".repeat(1000)))).toHaveLength(200);
  });
});

describe("toUnitState", () => {
  test("shows systemd's own numbers for a server that runs", () => {
    const raw = rawUnit({
      MemoryCurrent: 1024,
      TasksCurrent: 3,
      CPUUsageNSec: 1_500_000_000,
      StatusText: "ready",
    });
    expect(toUnitState(target, unit, raw, [{ name: "env", bytes: 5 }])).toEqual({
      unit,
      template: "singleuser",
      user: "zoe",
      server: "",
      loadState: "loaded",
      activeState: "active",
      subState: "running",
      result: "success",
      statusText: "ready",
      mainPid: 4242,
      execMainCode: 0,
      execMainStatus: 0,
      nRestarts: 0,
      invocationId: "5e2d2a3a9f9c4b1c8f1f7a3e1c2b3d4e",
      activeSince: "2023-11-14T22:13:20.000Z",
      memoryBytes: 1024,
      tasks: 3,
      cpuSeconds: 1.5,
      needDaemonReload: false,
      credentials: [{ name: "env", bytes: 5 }],
    });
  });

  test("shows null for what a unit without a file does not have", () => {
    const raw = rawUnit({
      LoadState: "not-found",
      ActiveState: "inactive",
      SubState: "dead",
      InvocationID: "",
      ActiveEnterTimestamp: 0,
      MainPID: 0,
      ExecMainStartTimestampMonotonic: 0,
    });
    expect(toUnitState(target, unit, raw, [])).toMatchObject({
      loadState: "not-found",
      activeState: "inactive",
      mainPid: null,
      execMainCode: null,
      execMainStatus: null,
      nRestarts: null,
      invocationId: null,
      activeSince: null,
      memoryBytes: null,
      statusText: null,
    });
  });
});
