import { describe, expect, test } from "@jest/globals";
import { judgeAge, judgeFaults } from "../../../src/helperctl/doctor/checks/files.ts";
import { judgeUnits } from "../../../src/helperctl/doctor/checks/units.ts";
import type { UnitProperties } from "../../../src/helperctl/machine/machine.ts";
import { codesOf, mendsOf, SERVICE_UNIT, SOCKET_UNIT } from "./support.ts";

const judge = (socket: UnitProperties, service: UnitProperties = {}) =>
  judgeUnits({ ...SOCKET_UNIT, ...socket }, { ...SERVICE_UNIT, ...service });

describe("the units of the helper", () => {
  test("are well when the socket listens and is enabled, and the service is idle or runs", () => {
    expect(judge({})).toEqual([]);
    expect(judge({}, { ActiveState: "active" })).toEqual([]);
  });

  test.each<[string, UnitProperties, string | null]>([
    ["helper-unit-missing", { LoadState: "not-found" }, "scripts/install"],
    [
      "helper-unit-masked",
      { LoadState: "masked", UnitFileState: "masked" },
      "systemctl unmask helper.socket && systemctl enable --now helper.socket",
    ],
    [
      "helper-unit-masked",
      { LoadState: "masked", UnitFileState: "masked-runtime" },
      "systemctl unmask --runtime helper.socket && systemctl enable --now helper.socket",
    ],
    ["helper-unit-not-loaded", { LoadState: "bad-setting" }, null],
    ["helper-unit-changed", { NeedDaemonReload: true }, "systemctl daemon-reload"],
    [
      "socket-failed",
      { ActiveState: "failed", Result: "trigger-limit-hit" },
      "systemctl reset-failed helper.socket helper.service && systemctl restart helper.socket",
    ],
    ["socket-not-enabled", { UnitFileState: "disabled" }, "systemctl enable --now helper.socket"],
    ["socket-not-enabled", { UnitFileState: "enabled-runtime" }, "systemctl enable --now helper.socket"],
    ["socket-not-active", { ActiveState: "inactive" }, "systemctl start helper.socket"],
  ])("%s: %p", (code, socket, mend) => {
    const found = judge(socket);
    expect(codesOf(found)).toEqual([code]);
    expect(mendsOf(found)).toEqual([mend]);
  });

  test("a service that runs without its socket is stopped first: systemd would not start the socket", () => {
    expect(mendsOf(judge({ ActiveState: "inactive" }, { ActiveState: "active" }))).toEqual([
      "systemctl stop helper.service && systemctl start helper.socket",
    ]);
  });

  test("a service that has failed is a warning, as the next call starts it again", () => {
    const found = judge({}, { ActiveState: "failed", Result: "exit-code", ExecMainStatus: 78 });
    expect(found).toMatchObject([{ code: "service-failed", severity: "warning" }]);
    expect(found[0]?.text).toContain("the policy did not load");
  });

  test("one that fails again and again is an error", () => {
    const service = {
      ActiveState: "activating",
      SubState: "auto-restart",
      NRestarts: 40,
      ExecMainStatus: 203,
    };
    expect(judge({}, service)).toMatchObject([{ code: "service-failing", severity: "error" }]);
  });
});

describe("the files of the helper", () => {
  test("a directory on the way to several files is told of once", () => {
    const fault = { path: "/usr", kind: "writable", text: "/usr is writable by others than root" } as const;
    expect(judgeFaults([fault, fault])).toMatchObject([
      { code: "file-writable", file: "/usr", mend: "chmod go-w -- /usr" },
    ]);
  });

  test("a helper that was started before its program changed is the old one", () => {
    const service = { ...SERVICE_UNIT, ActiveState: "active", ExecMainStartTimestamp: 1_000_000n };
    expect(judgeAge(service, 999)).toEqual([]);
    expect(codesOf(judgeAge(service, 1001))).toEqual(["helper-outdated"]);
    expect(judgeAge({ ...service, ActiveState: "inactive" }, 1001)).toEqual([]);
  });
});
