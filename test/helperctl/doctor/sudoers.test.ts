import { describe, expect, test } from "@jest/globals";
import { judgeRules } from "../../../src/helperctl/doctor/checks/polkit.ts";
import { isTaken } from "../../../src/helperctl/doctor/sudo/collect.ts";
import { groupsIn, mayConcern } from "../../../src/helperctl/doctor/sudo/mentions.ts";
import { judgeSudoers, type Read } from "../../../src/helperctl/doctor/sudo/sudoers-findings.ts";
import { parseSudoersJson } from "../../../src/helperctl/sudoers/parse-json.ts";
import { SudoersError } from "../../../src/helperctl/sudoers/sudoers-error.ts";
import { mendsOf } from "./support.ts";

const HUB = { name: "jupyter", uid: 999, groups: new Map([["sudo", 27]]) };

const spec = (users: readonly object[], command: string) => ({
  User_List: users,
  Host_List: [{ hostname: "ALL" }],
  Cmnd_Specs: [{ Commands: [{ command }] }],
});

function file(path: string, specs: readonly object[], aliases: object = {}): Read {
  const content = parseSudoersJson(JSON.stringify({ ...aliases, User_Specs: specs }));
  const isListed = path.startsWith("/etc/sudoers.d/");
  return { file: path, isListed, sudoers: { source: path, includes: [], warnings: [], ...content } };
}

const OURS = "/etc/sudoers.d/jupyterhub";
const ROOT = spec([{ username: "root" }], "ALL");
const JUPYTER = spec([{ username: "jupyter" }], "/bin/true");
const SPAWNER = spec([{ username: "somebody" }], "/opt/bin/sudospawner");

describe("what is left of the sudo way", () => {
  test("is nothing where the files are about others", () => {
    expect(judgeSudoers([file("/etc/sudoers", [ROOT])], [HUB])).toEqual([]);
  });

  test.each([
    ["by name", JUPYTER],
    ["by uid", spec([{ userid: 999 }], "/bin/true")],
    ["by what it runs", SPAWNER],
  ])("is found %s, and a file that is about nothing else is put aside", (_, only) => {
    expect(judgeSudoers([file(OURS, [only])], [HUB])).toMatchObject([
      { code: "sudoers-left-over", severity: "warning", file: OURS, mend: `mv -- ${OURS} ${OURS}.disabled` },
    ]);
  });

  test("is taken out by hand where there is more in the file, and in /etc/sudoers", () => {
    expect(mendsOf(judgeSudoers([file(OURS, [ROOT, JUPYTER])], [HUB]))).toEqual([`visudo -f ${OURS}`]);
    expect(mendsOf(judgeSudoers([file("/etc/sudoers", [JUPYTER])], [HUB]))).toEqual([
      "visudo -f /etc/sudoers",
    ]);
  });

  test("by a group, it is the hub that leaves the group", () => {
    const found = judgeSudoers([file("/etc/sudoers", [spec([{ usergroup: "sudo" }], "ALL")])], [HUB]);
    expect(mendsOf(found)).toEqual(["gpasswd --delete jupyter sudo"]);
  });

  test("is found behind aliases, wherever they are defined", () => {
    const aliases = file("/etc/sudoers", [], {
      User_Aliases: { HUBS: [{ username: "jupyter" }] },
      Command_Aliases: { SPAWN: [{ command: "/usr/bin/sudospawner" }] },
    });
    const byUser = file(OURS, [spec([{ useralias: "HUBS" }], "/bin/true")]);
    const alias = { ...spec([{ username: "x" }], ""), Cmnd_Specs: [{ Commands: [{ cmndalias: "SPAWN" }] }] };
    expect(judgeSudoers([aliases, byUser], [HUB])).toHaveLength(1);
    expect(judgeSudoers([aliases, file(OURS, [alias])], [HUB])).toHaveLength(1);
  });

  test("is not what takes something away from the hub", () => {
    const negated = spec([{ usergroup: "users" }, { username: "jupyter", negated: true }], "ALL");
    expect(judgeSudoers([file(OURS, [negated])], [HUB])).toEqual([]);
  });

  test("of a file that sudo itself does not take, nothing is known", () => {
    const error = new SudoersError("syntax", "it has a mistake");
    expect(judgeSudoers([{ file: OURS, error }], [HUB])).toMatchObject([
      { code: "sudoers-unread", severity: "note", mend: `visudo -f ${OURS}` },
    ]);
  });
});

describe("sudoers files", () => {
  test("are passed over by sudo with a dot or a tilde in their name", () => {
    expect(["hub", "hub.disabled", "hub~", "README"].filter(isTaken)).toEqual(["hub", "README"]);
  });

  test("are read by sudo's own parser only where they can be about the hub", () => {
    expect(mayConcern(["root ALL=(ALL) ALL"], ["jupyter"])).toBe(false);
    expect(mayConcern(["hub\\@realm ALL=(ALL) ALL"], ["hub@realm"])).toBe(true);
    expect(mayConcern(["x ALL=(ALL) /bin/sudospawner"], [])).toBe(true);
  });

  test("name groups with a percent sign", () => {
    expect(groupsIn(['%sudo ALL=(ALL) ALL\n%"the admins" ALL=ALL', "%wheel ALL=ALL"])).toEqual([
      "sudo",
      "the",
      "wheel",
    ]);
  });
});

describe("polkit rules", () => {
  const rule = (user: string) =>
    `polkit.addRule((a, s) => { if (a.id == "org.freedesktop.systemd1.manage-units" && s.user == "${user}") return polkit.Result.YES; });`;

  test("that let the hub manage units are put aside", () => {
    expect(judgeRules("/etc/polkit-1/rules.d/9.rules", rule("jupyter"), ["jupyter"])).toMatchObject([
      { code: "polkit-left-over", mend: expect.stringContaining("9.rules.disabled") as unknown },
    ]);
  });

  test("about others, or about something else, are not", () => {
    expect(judgeRules("/x.rules", rule("jupyter-2"), ["jupyter"])).toEqual([]);
    expect(judgeRules("/x.rules", '"jupyter"', ["jupyter"])).toEqual([]);
  });

  test("in a file with more in it are taken out by hand", () => {
    const text = rule("jupyter") + rule("zoe");
    expect(mendsOf(judgeRules("/x.rules", text, ["jupyter"]))).toEqual([null]);
  });
});
