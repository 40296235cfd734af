import { describe, expect, test } from "@jest/globals";
import { judgeStaging } from "../../../src/helperctl/doctor/checks/staging.ts";
import type { PathFacts } from "../../../src/helperctl/doctor/look-at.ts";
import { codesOf, lying, mendsOf } from "./support.ts";

const TREE = lying("/run/hub-helper", { mode: 0o755 });
const ROOM = "/run/hub-helper/credentials";
const withRoom = (facts: Partial<PathFacts> | null) =>
  judgeStaging(TREE, new Map([[ROOM, facts === null ? null : lying(ROOM, facts)]]));

describe("the staging tree", () => {
  test("is well when it is root's alone", () => {
    expect(withRoom({})).toEqual([]);
  });

  test.each([
    ["staging-owner", { uid: 7 }],
    ["staging-writable", { mode: 0o770 }],
    ["staging-kind", { kind: "link" }],
    ["staging-kind", { kind: "file" }],
  ] as const)("%s: what lies in it is not trusted and taken away", (code, facts) => {
    const found = withRoom(facts);
    expect(codesOf(found)).toEqual([code]);
    expect(found[0]?.text).toContain("not to be trusted");
    expect(mendsOf(found)).toEqual([`rm -rf -- ${ROOM} && systemd-tmpfiles --create hub-helper.conf`]);
  });

  test("what others may only read keeps what lies in it", () => {
    expect(withRoom({ mode: 0o755 })).toMatchObject([
      { code: "staging-mode", severity: "warning", mend: "systemd-tmpfiles --create hub-helper.conf" },
    ]);
  });

  test("what is missing is made", () => {
    expect(withRoom(null)).toMatchObject([
      { code: "staging-missing", mend: "systemd-tmpfiles --create hub-helper.conf" },
    ]);
  });

  test.each([
    ["staging-owner", { uid: 7 }],
    ["staging-writable", { mode: 0o770 }],
    ["staging-kind", { kind: "link", mode: 0o777 }],
    ["staging-kind", { kind: "other", mode: 0o600 }],
    ["staging-owner", { kind: "file", mode: 0o600, uid: 7 }],
  ] as const)("%s further down takes away that path alone", (code, facts) => {
    const path = `${ROOM}/jupyterhub/singleuser/zoe@`;
    const found = judgeStaging(TREE, new Map([[ROOM, lying(ROOM)]]), [lying(path, facts)]);
    expect(codesOf(found)).toEqual([code]);
    expect(mendsOf(found)).toEqual([`rm -rf -- ${path}`]);
  });

  test.each([
    ["chmod -R u=rwX,go=", { mode: 0o750 }],
    ["chmod -R u=rwX,go=", { gid: 7 }],
    ["chmod 0600", { kind: "file", mode: 0o640 }],
  ] as const)("what others may only read further down is closed to them: %s", (chmod, facts) => {
    const path = `${ROOM}/hub/zoe@`;
    const found = judgeStaging(TREE, new Map([[ROOM, lying(ROOM)]]), [lying(path, facts)]);
    const mend = `chown -hR root:root -- ${path} && ${chmod} -- ${path}`;
    expect(found).toMatchObject([{ code: "staging-mode", severity: "warning", mend }]);
  });

  test("what is below a tree that was somebody else's is not spoken of: all of it goes", () => {
    const found = judgeStaging({ ...TREE, uid: 7 }, new Map([[ROOM, lying(ROOM, { uid: 7 })]]));
    expect(codesOf(found)).toEqual(["staging-owner"]);
    expect(mendsOf(found)[0]).toBe(
      "rm -rf -- /run/hub-helper && systemd-tmpfiles --create hub-helper.conf && systemctl restart helper.socket",
    );
  });
});
