import { describe, expect, test } from "@jest/globals";
import { isLetThrough, judgeFilter, judgeMachine, type PamFacts } from "../../../src/helperctl/doctor/pam.ts";
import { codesOf, lying, mendsOf } from "./support.ts";

const WELL: PamFacts = {
  shadowGid: 42,
  shadow: lying("/etc/shadow", { kind: "file", gid: 42, mode: 0o640 }),
  program: lying("/usr/sbin/unix_chkpwd", { kind: "file", gid: 42, mode: 0o2755 }),
  asksProgram: true,
  hasService: true,
};

describe("the machine, for passwords", () => {
  const judge = (facts: Partial<PamFacts>) => judgeMachine({ ...WELL, ...facts });

  test("is well where the group shadow can read and unix_chkpwd runs", () => {
    expect(judge({})).toEqual([]);
  });

  test.each<[string, Partial<PamFacts>, string | null]>([
    [
      "pam-group-missing",
      { shadowGid: null },
      "groupadd --system shadow && chgrp shadow /etc/shadow && chmod g+r /etc/shadow",
    ],
    [
      "pam-shadow-closed",
      { shadow: lying("/etc/shadow", { gid: 42, mode: 0o600 }) },
      "chgrp shadow /etc/shadow && chmod g+r /etc/shadow",
    ],
    [
      "pam-shadow-closed",
      { shadow: lying("/etc/shadow", { gid: 0, mode: 0o640 }) },
      "chgrp shadow /etc/shadow && chmod g+r /etc/shadow",
    ],
    ["pam-program", { program: null }, null],
    [
      "pam-program",
      { program: lying("/usr/sbin/unix_chkpwd", { gid: 0, mode: 0o4750 }) },
      "chmod a+x /usr/sbin/unix_chkpwd",
    ],
    ["pam-service", { hasService: false }, null],
  ])("%s: %p", (code, facts, mend) => {
    const found = judge(facts);
    expect(codesOf(found)).toEqual([code]);
    expect(mendsOf(found)).toEqual([mend]);
  });

  test("lets the group shadow alone execute unix_chkpwd", () => {
    expect(judge({ program: lying("/usr/sbin/unix_chkpwd", { gid: 42, mode: 0o2750 }) })).toEqual([]);
  });

  test("needs no unix_chkpwd where PAM reads hashes itself", () => {
    expect(judge({ asksProgram: false, program: null })).toEqual([]);
  });
});

describe("the filter of a hub", () => {
  test.each<[boolean, string, unknown]>([
    [true, "no filter", undefined],
    [true, "no filter", [false, []]],
    [true, "a list of what is allowed", [true, ["read", "setuid"]]],
    [false, "a list of what is allowed", [true, ["read", "setuid32"]]],
    [false, "an errno of its own", [true, ["read", "setuid:EACCES"]]],
    [true, "a list of what is denied", [false, ["setuid32"]]],
    [false, "a list of what is denied", [false, ["setuid"]]],
    [false, "an errno of its own", [false, ["setuid:EPERM"]]],
  ])("lets setuid() through (%p) with %s", (isThrough, _, SystemCallFilter) => {
    expect(isLetThrough({ SystemCallFilter }, "setuid")).toBe(isThrough);
  });

  test.each([
    ["error", true],
    ["error", null],
    ["warning", false],
  ] as const)("is a matter of %s where PAM asks unix_chkpwd: %p", (severity, asksProgram) => {
    const found = judgeFilter({ SystemCallFilter: [true, ["read"]] }, { ...WELL, asksProgram });
    expect(found).toMatchObject([
      { severity, mend: { kind: "set", lines: ["SystemCallFilter=setuid setuid32"] } },
    ]);
  });
});
