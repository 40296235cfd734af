import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { openMachine } from "../../../src/helperctl/machine/machine.ts";
import { judgeAccounts } from "../../../src/helperctl/sudoers/judge-accounts.ts";
import { renderPolicy } from "../../../src/helperctl/sudoers/render-policy.ts";
import { translate } from "../../../src/helperctl/sudoers/translate.ts";
import { RULE_METHODS } from "../../../src/protocol/methods.ts";
import { ACTED_ON, helperctl, HOSTILE, TERMINAL } from "../support.ts";
import type { SaidRule } from "./policy-support.ts";
import { convert, loadText, rulesOf } from "./policy-support.ts";
import { sudoersOf, withFile } from "./support.ts";

/** The example of JupyterHub's own page on sudo. */
const HOW_TO = `
# comma-separated list of users that can spawn single-user servers
Runas_Alias JUPYTER_USERS = rhea, zoe, wash
Cmnd_Alias JUPYTER_CMD = /usr/local/bin/sudospawner
rhea ALL=(JUPYTER_USERS) NOPASSWD:JUPYTER_CMD
`;

const rule = (peer: string, users: string[], group: string | null = null): SaidRule => ({
  peer,
  users,
  group,
});

/** What people have, and what becomes of it: rules that are in force, and words that the comments hold. */
const CORPUS: readonly {
  readonly title: string;
  readonly file: string;
  readonly rules: readonly SaidRule[];
  readonly comments?: readonly RegExp[];
}[] = [
  { title: "JupyterHub's own example", file: HOW_TO, rules: [rule("rhea", ["rhea", "zoe", "wash"])] },
  {
    title: "its variant with a group",
    file: "rhea ALL=(%jupyterhub) NOPASSWD:/usr/local/bin/sudospawner\n",
    rules: [rule("rhea", [], "jupyterhub")],
  },
  {
    title: "several groups, as several rules",
    file: "rhea ALL=(zoe, %staff, %students, %guests) NOPASSWD:/opt/hub/bin/sudospawner\n",
    rules: [rule("rhea", ["zoe"], "staff"), rule("rhea", [], "students"), rule("rhea", [], "guests")],
  },
  {
    title: "several hubs, one of them a group",
    file: `
User_Alias HUBS = rhea, hub2, %hubs
HUBS ALL=(%jupyterhub) NOPASSWD: /usr/bin/sudospawner
hub2 ALL=(zoe) NOPASSWD: /opt/other/sudospawner
`,
    rules: [
      rule("rhea", [], "jupyterhub"),
      rule("hub2", ["zoe"], "jupyterhub"),
      rule("%hubs", [], "jupyterhub"),
    ],
  },
  {
    title: "aliases inside of aliases",
    file: `
Runas_Alias STAFF = zoe
Runas_Alias EVERYBODY = STAFF, wash
Cmnd_Alias SPAWN = /usr/bin/sudospawner
Cmnd_Alias HUB = SPAWN
rhea ALL=(EVERYBODY) NOPASSWD: HUB
`,
    rules: [rule("rhea", ["zoe", "wash"])],
  },
  {
    title: "names that an exception takes away",
    file: "rhea ALL=(zoe, wash, !wash) NOPASSWD: /usr/bin/sudospawner\n",
    rules: [rule("rhea", ["zoe"])],
    comments: [/!wash, in rhea/, /policy has none: its rules only ever add/],
  },
  {
    title: "an exception to a group, which no policy can say",
    file: "rhea ALL=(%jupyterhub, !mallory) NOPASSWD: /usr/bin/sudospawner\n",
    rules: [],
    comments: [/It would hold for mallory too\./, /group = "jupyterhub"/],
  },
  {
    title: "everybody as a target, which no rule can say",
    file: "rhea ALL=(ALL) NOPASSWD: /usr/bin/sudospawner\n",
    rules: [],
    comments: [/It is for ALL accounts, root among them/, /target = \{ group = "CHOOSE-A-GROUP"/],
  },
  {
    title: "everybody as the hub",
    file: "ALL ALL=(zoe) NOPASSWD: /usr/bin/sudospawner\n",
    rules: [],
    comments: [/Everybody is the hub here/],
  },
  {
    title: "root as the one to run as, named or not",
    file: "rhea ALL=NOPASSWD: /usr/bin/sudospawner\nhub2 ALL=(root) NOPASSWD: /usr/bin/sudospawner\n",
    rules: [],
    comments: [/root never has a server/, /root is root here/],
  },
  {
    title: "a password that is asked for",
    file: "rhea ALL=(zoe) /usr/bin/sudospawner\n",
    rules: [],
    comments: [/It asks for a password \(NOPASSWD is missing\)/, /target = \{ users = \["zoe"\]/],
  },
  {
    title: "no password for anybody, by Defaults",
    file: "Defaults !authenticate\nrhea ALL=(zoe) /usr/bin/sudospawner\n",
    rules: [rule("rhea", ["zoe"])],
  },
  {
    title: "other commands beside it",
    file: `${HOW_TO}rhea ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx, sudoedit /etc/motd\n%sudo ALL=(ALL:ALL) ALL\n`,
    rules: [rule("rhea", ["rhea", "zoe", "wash"])],
    comments: [/systemctl restart nginx/, /%sudo ALL=\(ALL : %?ALL\)/, /Not sudospawner\./],
  },
  {
    title: "sudospawner taken away again",
    file: `${HOW_TO}rhea ALL=(ALL) ALL, !/usr/local/bin/sudospawner\n`,
    rules: [],
    comments: [/also takes commands away \(!\/usr\/local\/bin\/sudospawner\)/],
  },
  {
    title: "arguments, patterns and digests of the command",
    file: `rhea ALL=(zoe) NOPASSWD: /usr/bin/sudospawner --logging=debug, /opt/*/sudospawner, sha224:${"0".repeat(56)} /srv/sudospawner\n`,
    rules: [rule("rhea", ["zoe"])],
    comments: [/started without these/, /ExecStart=\), not the policy's/, /A digest\./],
  },
  {
    title: "variables: some that may be handed over, some never, some patterns",
    file: `Defaults env_keep += "LANG TZ JUPYTERHUB_API_TOKEN JUPYTERHUB_USER PYTHONPATH LD_PRELOAD LC_* FOO=bar"\nDefaults env_keep -= TZ\n${HOW_TO}`,
    rules: [rule("rhea", ["rhea", "zoe", "wash"])],
    comments: [
      /PYTHONPATH is never let through: it makes Python run or import other code\./,
      /LD_PRELOAD is never let through/,
      /LC_\* is a pattern/,
      /FOO=bar is a pattern of a value/,
      /The template pins JUPYTERHUB_USER already/,
    ],
  },
  {
    title: "SETENV and other options",
    file: "Defaults secure_path=/opt/hub/bin\nrhea ALL=(zoe) CWD=/srv NOPASSWD: SETENV: NOEXEC: /usr/bin/sudospawner\n",
    rules: [rule("rhea", ["zoe"])],
    comments: [/could set any variable/, /WorkingDirectory=/, /NoExecPaths=/, /which PATH its program gets/],
  },
  {
    title: "certain hosts, and an end",
    file: "rhea hub1,hub2=(zoe) NOPASSWD: /usr/bin/sudospawner\nhub2 ALL=(zoe) NOTAFTER=20200101000000Z NOPASSWD: /usr/bin/sudospawner\n",
    rules: [],
    comments: [/certain hosts \(hub1, hub2\)/, /bounded in time \(notafter=20200101000000Z\)/],
  },
  {
    title: "ids, netgroups and names that no policy takes",
    file: '#33, rhea ALL=(#1001, %#1002, +net, zoe, "a b", 1003) NOPASSWD: /usr/bin/sudospawner\n',
    rules: [rule("rhea", ["zoe"])],
    comments: [/#33, in/, /A uid\./, /A gid\./, /A netgroup\./, /The helper takes no such name/],
  },
  {
    title: "an include, which is not followed",
    file: `@includedir /etc/sudoers.d\n${HOW_TO}`,
    rules: [rule("rhea", ["rhea", "zoe", "wash"])],
    comments: [/line 1: @includedir \/etc\/sudoers\.d/],
  },
  { title: "nothing", file: "", rules: [], comments: [/Nothing could be carried over/] },
];

describe("policy-from-sudoers", () => {
  test.each(CORPUS)("reads $title", async ({ file, rules, comments = [] }) => {
    const { status, printed, complained } = await convert(file);
    expect({ status, complained }).toEqual({ status: rules.length > 0 ? 0 : 1, complained: "" });
    expect(rulesOf(await loadText(printed))).toEqual(rules);
    const unwrapped = printed.replace(/\n# +/g, " ");
    for (const comment of comments) expect(unwrapped).toMatch(comment);
  });

  test("allows what the shipped example does, with its template", async () => {
    const shipped = readFileSync("systemd/policy.toml", "utf8").replace(/^# /gm, "");
    const [expected, printed] = await Promise.all([loadText(shipped), convert(HOW_TO)]);
    const made = await loadText(printed.printed);
    const serverOf = ({ templates }: typeof made) => ({ ...[...templates.values()][0], place: null });
    expect([...made.templates.keys()]).toEqual(["singleuser"]);
    expect(serverOf(made)).toEqual(serverOf(expected));
    expect(made.rules[0]?.methods).toEqual(new Set(RULE_METHODS));
    expect(made.rules[0]?.methods).toEqual(expected.rules[0]?.methods);
    expect(made.rules[0]?.target.minUid).toBe(1000);
  });

  test("takes a variable of env_keep into the template, and out of it again", async () => {
    const { printed } = await convert(`Defaults env_keep="LANG TZ EDITOR"\nDefaults env_keep-=TZ\n${HOW_TO}`);
    const env = [...(await loadText(printed)).templates.values()][0]?.credentials?.env;
    expect([env?.has("LANG"), env?.has("TZ"), env?.has("JUPYTERHUB_API_TOKEN")]).toEqual([true, false, true]);
  });

  test("leaves variables alone that are about somebody else, or another command", async () => {
    const { printed } = await convert(
      `Defaults:zoe env_keep+=LANG\nDefaults!/bin/ls env_keep+=TZ\nDefaults:rhea env_keep+=COLORTERM\n${HOW_TO.replaceAll("zoe", "kaylee")}`,
    );
    const env = [...(await loadText(printed)).templates.values()][0]?.credentials?.env;
    expect([env?.has("LANG"), env?.has("TZ"), env?.has("COLORTERM")]).toEqual([false, false, true]);
  });

  test("says what to do next, and which names this machine lacks", async () => {
    const { printed } = await convert(HOW_TO);
    for (const words of ["helperctl check", "try-reload-or-restart helper", "/etc/sudoers.d"]) {
      expect(printed).toContain(words);
    }
    expect(printed.replace(/\n# +/g, " ")).toContain(
      "There is no account rhea here. The policy does not load before there is.",
    );
  });

  test("fits 80 columns, and is dimmed where it is a comment, on a terminal", async () => {
    const { printed } = await withFile(HOW_TO, (path) =>
      helperctl(["policy-from-sudoers", path], { machine: openMachine(), screen: TERMINAL }),
    );
    const lines = printed.split("\n");
    expect(lines[0]).toMatch(/^\u001b\[2m# .*\u001b\[22m$/);
    // Without the path of the test's own directory.
    const widths = lines.slice(1).map((line) => line.replace(/\u001b\[\d+m/g, "").length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  test("cannot be made to obey what stands in the file", async () => {
    const hostile = HOSTILE.replace(/[\r\n]/g, "");
    const { printed } = await convert(
      `"${hostile}" ALL=(zoe) NOPASSWD: /x/sudospawner\nrhea ALL=("${hostile}", zoe) NOPASSWD: /x/sudospawner\n`,
    );
    expect(printed).not.toMatch(ACTED_ON);
    expect(rulesOf(await loadText(printed))).toEqual([rule("rhea", ["zoe"])]);
  });

  test("exits with 4 and cvtsudoers' own words for what is no sudoers file", async () => {
    const { status, printed, complained } = await convert(`${HOW_TO}rhea ALL\n`);
    expect({ status, printed }).toEqual({ status: 4, printed: "" });
    expect(complained).toMatch(
      /^helperctl: cvtsudoers does not take .*\/jupyterhub:6:\d+: syntax error\.\n$/,
    );
  });

  test("exits with 2 without a file", async () => {
    expect((await helperctl(["policy-from-sudoers"])).status).toBe(2);
  });
});

describe("accounts that no rule could be for", () => {
  const known = {
    users: new Map([
      ["rhea", 990],
      ["zoe", 1001],
      ["wash", 33],
      ["toor", 0],
      ["nemo", null],
    ]),
    groups: new Map([["gone", null]]),
  };
  const judged = async (file: string): Promise<string> =>
    renderPolicy(judgeAccounts(translate(await sudoersOf(file)), known), "the file");

  test("are left out, with the uid that they have here", async () => {
    const policy = await judged("rhea ALL=(rhea, zoe, wash, toor, nemo, %gone) NOPASSWD: /x/sudospawner\n");
    expect(rulesOf(await loadText(policy))).toEqual([rule("rhea", ["zoe", "nemo"], "gone")]);
    const unwrapped = policy.replace(/\n# +/g, " ");
    expect(unwrapped).toMatch(/rhea has uid 990 here, a system account, and min_uid is 1000\./);
    expect(unwrapped).toMatch(/wash has uid 33 here, which is never a target/);
    expect(unwrapped).toMatch(/toor is root here/);
    expect(unwrapped).toMatch(/There is no account nemo here\. The rules hold for nobody of this name/);
    expect(unwrapped).toMatch(/There is no group gone here\./);
  });

  test("leave no rule behind where nobody else is in it", async () => {
    const policy = await judged("rhea ALL=(wash) NOPASSWD: /x/sudospawner\n");
    expect(rulesOf(await loadText(policy))).toEqual([]);
    expect(policy).toContain("Nothing could be carried over");
  });
});
