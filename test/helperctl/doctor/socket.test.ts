import { describe, expect, test } from "@jest/globals";
import { judgeSocket, type SocketFacts } from "../../../src/helperctl/doctor/judge-socket.ts";
import { codesOf, lying, mendsOf, SOCKET_UNIT } from "./support.ts";

const GID = 990;
const FILE = lying("/run/hub-helper/helper.sock", { kind: "socket", gid: GID, mode: 0o660 });
const WELL: SocketFacts = { socket: FILE, gid: GID, unit: SOCKET_UNIT, assignments: [] };
const judge = (facts: Partial<SocketFacts>) => judgeSocket({ ...WELL, ...facts });
const assignment = (file: string, key: string, value: string) => ({
  section: "Socket",
  key,
  value,
  file,
  line: 2,
  column: 1,
});

describe("the socket", () => {
  test("is well when root and the group may write it", () => {
    expect(judge({})).toEqual([]);
  });

  test("is judged by its file alone where systemd cannot be asked", () => {
    expect(judge({ unit: null })).toEqual([]);
    expect(codesOf(judge({ unit: null, socket: null }))).toEqual(["socket-gone"]);
  });

  test.each([
    ["socket-kind", { kind: "file" }],
    ["socket-owner", { uid: 7 }],
    ["socket-group", { gid: 0 }],
    ["socket-mode", { mode: 0o666 }],
    ["socket-mode", { mode: 0o600 }],
  ] as const)("%s is mended by a restart: %p", (code, facts) => {
    const found = judge({ socket: { ...FILE, ...facts } });
    expect(codesOf(found)).toEqual([code]);
    expect(mendsOf(found)[0]).toMatch(/systemctl restart helper\.socket$/);
  });

  test("is not said to be gone where it does not listen: that is another finding", () => {
    expect(judge({ socket: null, unit: { ...SOCKET_UNIT, ActiveState: "inactive" } })).toEqual([]);
  });

  test("a setting that a drop-in changes is mended by putting that file aside, and said once", () => {
    const file = "/etc/systemd/system/helper.socket.d/local.conf";
    const found = judge({
      unit: { ...SOCKET_UNIT, SocketGroup: "users", DropInPaths: [file] },
      socket: { ...FILE, gid: 100 },
      assignments: [assignment(file, "SocketGroup", "users")],
    });
    expect(found).toMatchObject([{ code: "socket-setting", file, line: 2 }]);
    expect(mendsOf(found)).toEqual([
      `mv -- ${file} ${file}.disabled && systemctl daemon-reload && systemctl restart helper.socket`,
    ]);
  });

  test("what was installed is never put aside", () => {
    const file = "/usr/lib/systemd/system/helper.socket";
    const assignments = [assignment(file, "SocketMode", "0666")];
    expect(mendsOf(judge({ unit: { ...SOCKET_UNIT, SocketMode: 0o666 }, assignments }))).toEqual([null]);
  });

  test("a group that does not exist is made by sysusers", () => {
    const found = judge({ gid: null, socket: { ...FILE, gid: 0 } });
    expect(codesOf(found)).toEqual(["group-missing"]);
    expect(mendsOf(found)).toEqual(["systemd-sysusers hub-helper.conf && systemctl restart helper.socket"]);
  });
});
