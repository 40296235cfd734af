import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { judgeBusName, judgeBusPolicy, unreachable } from "../../../src/helperctl/doctor/checks/bus.ts";
import { judgeControllers } from "../../../src/helperctl/doctor/checks/cgroups.ts";
import { judgeClock, parseClock } from "../../../src/helperctl/doctor/checks/clock.ts";
import { judgeRoom } from "../../../src/helperctl/doctor/checks/disk.ts";
import {
  dropsLines,
  isRateOpen,
  judgeLevel,
  judgeStorage,
  storageOf,
} from "../../../src/helperctl/doctor/checks/journal.ts";
import { judgeForce } from "../../../src/helperctl/doctor/checks/policy.ts";
import { judgeSandbox } from "../../../src/helperctl/doctor/checks/sandbox.ts";
import { judgeVersions } from "../../../src/helperctl/doctor/checks/versions.ts";
import { isOlder, numbersOf } from "../../../src/helperctl/version-numbers.ts";
import { parseUnitFile } from "../../../src/units/unit-file.ts";
import { codesOf, mendsOf, SERVICE_UNIT } from "./support.ts";

const NEW = { systemd: "257.1", kernel: "6.18.4-x", node: "v24.0.0" };

describe("versions", () => {
  test.each([
    ["systemd-old", "error", { systemd: "249.11-0ubuntu3" }],
    ["systemd-old", "note", { systemd: "250" }],
    ["kernel-old", "note", { kernel: "6.1.0-18-amd64" }],
    ["node-old", "error", { node: "v20.18.1" }],
  ])("%s (%s): %p", (code, severity, versions) => {
    expect(judgeVersions({ ...NEW, ...versions }, null)).toMatchObject([{ code, severity }]);
  });

  test("are compared as numbers", () => {
    expect(judgeVersions(NEW, null)).toEqual([]);
    expect(numbersOf("252.39-1~deb12u2")).toEqual([252, 39]);
    expect(isOlder([6, 10], [6, 5])).toBe(false);
    expect(isOlder([7], [6, 5])).toBe(false);
  });
});

describe("the bus's policy", () => {
  const file = "/usr/share/dbus-1/system.d/org.hubhelper.Helper1.conf";
  const shipped = readFileSync(
    join(import.meta.dirname, "../../../systemd/dbus-1/org.hubhelper.Helper1.conf"),
    "utf8",
  );
  const judge = (text: string) => codesOf(judgeBusPolicy(new Map([[file, text]])));

  test("is good as it is shipped, and with comments", () => {
    expect(judge(shipped)).toEqual([]);
    expect(judge(shipped.replace("<busconfig>", "<busconfig>\n<!-- <deny own='x'/> -->"))).toEqual([]);
  });

  test.each([
    ["a rule is gone", shipped.replace(/.*<deny send.*\n/, "")],
    ["a rule is in a comment", shipped.replace(/(<deny send.*>)/, "<!-- $1 -->")],
    ["a rule says the opposite", shipped.replace("<deny send", "<allow send")],
    [
      "a rule was added",
      shipped.replace("</busconfig>", '<policy context="mandatory"><allow own="*"/></policy></busconfig>'),
    ],
  ])("is an error where %s", (_, text) => {
    expect(judge(text)).toEqual(["bus-policy-changed"]);
  });

  test("is an error where it is missing, and where the name is not the helper's", () => {
    expect(judgeBusPolicy(new Map())).toMatchObject([{ severity: "error", file, mend: "scripts/install" }]);
    expect(judgeBusName(null)).toMatchObject({
      severity: "error",
      mend: expect.stringContaining("ReloadConfig"),
    });
    expect(judgeBusName(4711)).toMatchObject({ severity: "error", mend: null });
    expect(judgeBusName(4711).text).toContain("process 4711");
  });
});

describe("the machine", () => {
  test("that has no bus is told how to get one, where systemd runs at all", () => {
    expect(unreachable(new Error("gone"), true).mend).toContain("dbus.socket");
    expect(unreachable(new Error("gone"), false).mend).toBeNull();
  });

  test("has controllers or says which limits do nothing", () => {
    expect(judgeControllers(["cpu", "memory", "pids", "io"])).toEqual([]);
    expect(judgeControllers(["cpu", "pids"])).toMatchObject([
      { severity: "note", code: "controllers-missing" },
    ]);
    expect(codesOf(judgeControllers(null))).toEqual(["cgroups-legacy"]);
  });

  test("has a clock that is set", () => {
    const now = Date.parse("2030-01-01T00:00:00Z");
    const said = (text: string) => judgeClock(now, parseClock(text));
    expect(judgeClock(now, null)).toEqual([]);
    expect(said("CanNTP=yes\nNTP=yes\nNTPSynchronized=yes")).toEqual([]);
    expect(said("CanNTP=yes\nNTP=no\nNTPSynchronized=no")).toMatchObject([
      { severity: "note", mend: "timedatectl set-ntp true" },
    ]);
    expect(mendsOf(said("CanNTP=yes\nNTP=yes\nNTPSynchronized=no"))).toEqual([null]);
    expect(mendsOf(said("CanNTP=no\nNTP=no\nNTPSynchronized=no"))).toEqual([null]);
    expect(judgeClock(0, null)).toMatchObject([{ code: "clock-wrong", severity: "warning" }]);
  });

  test("has room, of blocks and of inodes", () => {
    const need = { path: "/run", least: 0.25, harm: "so", mend: null };
    expect(judgeRoom(need, { blocks: 0.3, inodes: 0.3 })).toEqual([]);
    expect(judgeRoom(need, { blocks: 0.2, inodes: 0.3 })[0]?.text).toContain("20 % of its room");
    expect(judgeRoom(need, { blocks: 1, inodes: 0 })[0]?.text).toContain("0.0 % of its inodes");
  });
});

describe("the journal", () => {
  const storage = (...texts: string[]) =>
    storageOf(texts.flatMap((text, at) => parseUnitFile(`/etc/systemd/journald.conf.d/${at}.conf`, text)));

  test("is where the last line says", () => {
    expect(storage("[Journal]\nStorage=none", "[Journal]\nStorage=persistent")).toMatchObject({
      value: "persistent",
    });
    expect(storage("[Other]\nStorage=none", "[Journal]\n#Storage=none")).toEqual({
      value: "auto",
      file: null,
    });
  });

  test.each([
    ["persistent", true, []],
    ["auto", true, []],
    ["auto", false, ["journal-volatile"]],
    ["volatile", true, ["journal-volatile"]],
    ["none", true, ["journal-none"]],
  ] as const)("with Storage=%s, and a place for it: %p", (value, isKept, codes) => {
    expect(codesOf(judgeStorage({ value, file: null }, isKept))).toEqual(codes);
  });

  test("is told to keep the log by a file that comes after the one that says no", () => {
    const mend = (file: string) => mendsOf(judgeStorage({ value: "none", file }, true))[0];
    expect(mend("/etc/systemd/journald.conf")).toContain("/50-storage.conf");
    expect(mend("/etc/systemd/journald.conf.d/60-x.conf")).toContain("/zz-storage.conf");
  });
});

describe("what journald drops", () => {
  const CONF = "/etc/systemd/journald.conf.d/1.conf";
  const journald = (line: string) => parseUnitFile(CONF, `[Journal]\n${line}\n`);

  test.each([
    [false, 1_000_000, 1_000_000_000],
    [false, 30_000_000, 1_000_000_000],
    [true, 30_000_000, 10_000],
    [true, 1_000_000, 99_999],
    [true, 0, 0],
    [true, 0, 1_000_000_000],
    [true, 1_000_000, 0],
  ])(
    "is something of the helper's (%p) with an interval of %d us and a burst of %d",
    (drops, intervalUs, burst) => {
      expect(dropsLines({ intervalUs, burst }, false)).toBe(drops);
    },
  );

  test("is nothing where journald's own limit, which then holds, is none", () => {
    expect(dropsLines({ intervalUs: 0, burst: 0 }, true)).toBe(false);
    expect(isRateOpen(journald("RateLimitIntervalSec=0"))).toBe(true);
    expect(isRateOpen(journald("RateLimitBurst=0"))).toBe(true);
    expect(isRateOpen(journald("RateLimitIntervalSec=30s"))).toBe(false);
    expect(isRateOpen([])).toBe(false);
  });

  test.each([
    ["debug", []],
    ["info", []],
    ["6", []],
    ["", []],
    ["notice", ["journal-level"]],
    ["5", ["journal-level"]],
    ["emerg", ["journal-level"]],
  ])("with MaxLevelStore=%s: %p", (level, codes) => {
    const found = judgeLevel(journald(`MaxLevelStore=${level}`));
    expect(codesOf(found)).toEqual(codes);
    for (const mend of mendsOf(found)) expect(mend).toContain("/50-level.conf");
  });
});

describe("the sandbox", () => {
  const dropin = "/etc/systemd/system/helper.service.d/x.conf";
  const service = { ...SERVICE_UNIT, DropInPaths: [dropin] };

  test("may be as good as it was installed", () => {
    expect(judgeSandbox(service, { score: 1, rating: "OK" })).toEqual([]);
    expect(judgeSandbox(service, null)).toEqual([]);
  });

  test("that is weaker is mended by putting aside what was added", () => {
    expect(mendsOf(judgeSandbox(service, { score: 4.2, rating: "OK" }))).toEqual([
      `mv -- ${dropin} ${dropin}.disabled && systemctl daemon-reload && systemctl try-restart helper.service`,
    ]);
  });
});

describe("the policy in force", () => {
  const checked = { policy: { hash: "new" } } as Parameters<typeof judgeForce>[0];
  const described = (hash: string) => ({ policy: { hash } }) as Parameters<typeof judgeForce>[1];

  test("is the one on disk, or the helper has to read that", () => {
    expect(judgeForce(checked, null)).toEqual([]);
    expect(judgeForce(checked, described("new"))).toEqual([]);
    expect(mendsOf(judgeForce(checked, described("old")))).toEqual([
      "systemctl try-reload-or-restart helper.service",
    ]);
  });
});
