import { describe, expect, test } from "@jest/globals";
import type { UnitName } from "../../src/units/pattern.ts";
import type { RawUnit } from "../../src/units/raw-unit.ts";
import { verifyUnit, type Surroundings } from "../../src/units/verify.ts";
import { rawUnit } from "./raw-units.ts";

const UNIT = "jupyterhub-singleuser-zoe.service" as UnitName;
const ZOE: Surroundings = { uid: 1001, isTarget: true, userUid: 1001, fileProblem: null, startOnly: false };
const ROOT: Surroundings = { uid: 0, isTarget: false, userUid: 0, fileProblem: null, startOnly: false };

const line = (flags: string[]): RawUnit["ExecLines"] => [
  { directive: "ExecStartPre", path: "/bin/x", flags, status: 0 },
];

describe("verifyUnit", () => {
  test("accepts the unit that the template promises", () => {
    expect(verifyUnit(UNIT, rawUnit(), ZOE)).toBeNull();
  });

  test("accepts the prefixes that give a line no more than User= has", () => {
    expect(
      verifyUnit(UNIT, rawUnit({ ExecLines: line(["ignore-failure", "no-env-expand"]) }), ZOE),
    ).toBeNull();
  });

  test.each<[string, Partial<RawUnit>, Partial<Surroundings>, RegExp]>([
    ["an alias of another unit", { Id: "ssh.service" }, {}, /alias/],
    ["a masked unit", { LoadState: "masked" }, {}, /masked/],
    ["a unit that did not load", { LoadState: "bad-setting" }, {}, /bad-setting/],
    ["a transient unit", { Transient: true }, {}, /transient/],
    ["a unit without a file", { FragmentPath: "" }, {}, /no unit file/],
    [
      "files that others can write",
      {},
      { fileProblem: "/etc/x is writable by others than root" },
      /writable/,
    ],
    ["PermissionsStartOnly=", {}, { startOnly: true }, /PermissionsStartOnly/],
    ["DynamicUser=", { DynamicUser: true }, {}, /DynamicUser/],
    ["a User= that is nobody", {}, { userUid: null }, /not an account/],
    ["another account's User=", {}, { userUid: 1002 }, /not the account/],
    ["no User=, which is root", { User: "" }, { userUid: 0 }, /not the account/],
    ["StandardOutput=file:", { StandardOutput: "file" }, {}, /StandardOutput=file:/],
    ["StandardOutput=append:", { StandardOutput: "append" }, {}, /StandardOutput=append:/],
    ["StandardError=truncate:", { StandardError: "truncate" }, {}, /StandardError=truncate:/],
    ["a line that begins with +", { ExecLines: line(["privileged"]) }, {}, /begins with \+/],
    ["a line that begins with !", { ExecLines: line(["no-setuid"]) }, {}, /begins with !/],
    ["a line that begins with !!", { ExecLines: line(["ambient"]) }, {}, /begins with !!/],
  ])("refuses %s", (_, raw, around, problem) => {
    const verdict = verifyUnit(UNIT, rawUnit(raw), { ...ZOE, ...around });
    expect(verdict).toEqual({ kind: "refused", problem: expect.stringMatching(problem) as unknown });
  });

  test.each(["inherit", "null", "tty", "journal", "kmsg", "journal+console", "socket", "fd"])(
    "accepts StandardOutput=%s, for which systemd opens no file of a user's",
    (kind) => {
      expect(verifyUnit(UNIT, rawUnit({ StandardOutput: kind, StandardError: kind }), ZOE)).toBeNull();
    },
  );

  test("lets a template that runs as another account write files", () => {
    const written = rawUnit({ User: "", StandardOutput: "append" });
    expect(verifyUnit(UNIT, written, ROOT)).toBeNull();
  });

  test("does not find a unit without a file", () => {
    expect(verifyUnit(UNIT, rawUnit({ LoadState: "not-found", FragmentPath: "" }), ZOE)).toEqual({
      kind: "not-found",
    });
  });

  test("lets a template that runs as root have elevated lines, since they are no elevation there", () => {
    expect(verifyUnit(UNIT, rawUnit({ User: "", ExecLines: line(["privileged"]) }), ROOT)).toBeNull();
  });
});
