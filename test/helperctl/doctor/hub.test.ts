import { describe, expect, test } from "@jest/globals";
import { serviceOf } from "../../../src/helperctl/doctor/hub/running-services.ts";
import type { Hub } from "../../../src/helperctl/doctor/hub/find-hubs.ts";
import { judgeHub } from "../../../src/helperctl/doctor/hub/judge-hub.ts";
import { setInDropin } from "../../../src/helperctl/doctor/dropin.ts";
import type { UnitProperties } from "../../../src/helperctl/machine/machine.ts";
import { judgeProxy, type Process } from "../../../src/helperctl/doctor/hub/proxies.ts";
import { codesOf } from "./support.ts";

const GIDS = new Map([
  ["hub-helper", 990],
  ["sudo", 27],
  ["shadow", 42],
]);

const UNIT: UnitProperties = {
  Id: "hub.service",
  ActiveState: "active",
  FragmentPath: "/etc/systemd/system/hub.service",
  DropInPaths: [],
  User: "jupyter",
  SupplementaryGroups: ["hub-helper"],
  NoNewPrivileges: true,
  CapabilityBoundingSet: 0n,
  AmbientCapabilities: 0n,
  ProtectSystem: "strict",
  RestrictAddressFamilies: [true, ["AF_UNIX", "AF_INET"]],
};
const ACCOUNT = { name: "jupyter", uid: 999, gid: 999, groups: [999] };

const judge = (unit: UnitProperties, hub: Partial<Hub> = {}) =>
  judgeHub({ unit: { ...UNIT, ...unit }, account: ACCOUNT, wanted: null, ...hub }, { gids: GIDS });

const SYS_ADMIN = 1n << 21n;

describe("a hub", () => {
  test("is well when it is nobody and can connect", () => {
    expect(judge({})).toEqual([]);
  });

  test.each<[string, string, UnitProperties]>([
    ["hub-no-new-privileges", "warning", { NoNewPrivileges: false }],
    ["hub-capabilities", "warning", { AmbientCapabilities: SYS_ADMIN }],
    ["hub-capabilities", "note", { AmbientCapabilities: 1n << 10n }],
    ["hub-bounding-set", "note", { CapabilityBoundingSet: 2n ** 41n - 1n }],
    ["hub-cannot-connect", "error", { SupplementaryGroups: [] }],
    ["hub-cannot-connect", "error", { RestrictAddressFamilies: [true, ["AF_INET"]] }],
    ["hub-cannot-connect", "error", { RestrictAddressFamilies: [false, ["AF_UNIX"]] }],
    ["hub-protect-system", "note", { ProtectSystem: "no" }],
    ["hub-group", "warning", { SupplementaryGroups: ["hub-helper", "sudo"] }],
  ])("%s (%s): %p", (code, severity, unit) => {
    expect(judge(unit)).toMatchObject([{ code, severity }]);
  });

  test("may connect by a group of its account, or by its group", () => {
    const account = { ...ACCOUNT, groups: [999, 990] };
    expect(judge({ SupplementaryGroups: [] }, { account })).toEqual([]);
    expect(judge({ SupplementaryGroups: [], Group: "hub-helper" })).toEqual([]);
  });

  test("that is root is told of that, and nothing of connecting", () => {
    const found = judge({ User: "", SupplementaryGroups: [] }, { account: null, wanted: "jupyter" });
    expect(found).toMatchObject([{ code: "hub-root", severity: "error", mend: { lines: ["User=jupyter"] } }]);
  });

  test("leaves a group that only its account is in", () => {
    const account = { ...ACCOUNT, groups: [999, 27, 42] };
    expect(judge({}, { account })).toMatchObject([
      { code: "hub-group", severity: "warning", mend: { kind: "leave", user: "jupyter", group: "sudo" } },
      { code: "hub-group", severity: "note", mend: { kind: "leave", user: "jupyter", group: "shadow" } },
    ]);
  });

  test("with everything wrong is told of everything", () => {
    const found = judge({ NoNewPrivileges: false, SupplementaryGroups: [], ProtectSystem: "no" });
    expect(codesOf(found)).toEqual(["hub-no-new-privileges", "hub-cannot-connect", "hub-protect-system"]);
  });
});

describe("a drop-in that mends", () => {
  const setting = { topic: "no-new-privileges", lines: ["NoNewPrivileges=yes"] };
  const dropin = (name: string): string => `/etc/systemd/system/hub.service.d/${name}`;
  const mend = (unit: UnitProperties, file: string) => setInDropin({ ...UNIT, ...unit }, { file }, setting);

  test("is written, read in, and the hub restarted", () => {
    expect(mend({}, "/etc/systemd/system/hub.service")).toBe(
      `printf '%s\\n' '[Service]' NoNewPrivileges=yes | install -D -m 0644 /dev/stdin ${dropin("50-no-new-privileges.conf")} && systemctl daemon-reload && systemctl restart hub.service`,
    );
  });

  test("starts no hub that does not run", () => {
    expect(mend({ ActiveState: "inactive" }, "/etc/systemd/system/hub.service")).toMatch(
      /systemctl try-restart hub\.service$/,
    );
  });

  test("comes after the drop-in that says otherwise", () => {
    const file = dropin("override.conf");
    expect(mend({ DropInPaths: [file] }, file)).toContain(dropin("zz-no-new-privileges.conf"));
  });

  test("takes nobody's place, and is not advised where it would not win", () => {
    const [ours, last] = [dropin("50-no-new-privileges.conf"), dropin("zzz.conf")];
    expect(mend({ DropInPaths: [ours] }, "/etc/systemd/system/hub.service")).toContain("zz-no-new");
    expect(mend({ DropInPaths: [last] }, last)).toBeNull();
  });

  test("keeps to the names of units that a shell would take for something else", () => {
    expect(mend({ Id: "hub\\x2done.service" }, "")).toContain("'/etc/systemd/system/hub\\x2done.service.d/");
  });
});

describe("the service of a process", () => {
  test.each([
    ["0::/system.slice/hub.service\n", "hub.service"],
    ["12:pids:/x\n1:name=systemd:/system.slice/hub.service\n0::/\n", "hub.service"],
    ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\n", "user@1000.service"],
    ["0::/user.slice/user-1000.slice/session-3.scope\n", null],
    ["", null],
  ])("%p is %p", (cgroups, service) => {
    expect(serviceOf(cgroups)).toBe(service);
  });
});

describe("a proxy", () => {
  const trusted = { hubs: new Map([[999, "jupyter"]]), group: 990 };
  const proxy: Process = {
    pid: 42,
    argv: ["node", "/opt/jupyterhub/bin/configurable-http-proxy", "--port", "80"],
    uid: 999,
    groups: [999],
    service: "jupyterhub.service",
  };

  test.each<[string, Partial<Process>]>([
    ["runs as the hub", {}],
    ["is in the group of the socket", { uid: 1500, groups: [1500, 990] }],
    ["is another program", { argv: ["/usr/bin/traefik"] }],
    ["shows a title", { argv: ["nginx: worker process"], uid: 33, groups: [33, 990] }],
  ])("that %s is found", (_, change) => {
    expect(judgeProxy({ ...proxy, ...change }, trusted)).toMatchObject([{ code: "hub-proxy" }]);
  });

  test.each<[string, Partial<Process>]>([
    ["is an account of its own", { uid: 61234, groups: [61234] }],
    ["is root's", { uid: 0, groups: [0, 990] }],
    ["is no proxy", { argv: ["/usr/bin/python3", "/opt/jupyterhub/bin/jupyterhub"] }],
  ])("that %s is none", (_, change) => {
    expect(judgeProxy({ ...proxy, ...change }, trusted)).toEqual([]);
  });
});
