import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { execCommands } from "../../src/helperctl/check/exec-words.ts";
import type { CheckedFileJson, CheckJson } from "../../src/helperctl/commands/check.ts";
import type { Finding } from "../../src/helperctl/finding.ts";
import { HUB, setStage } from "./stage.ts";
import { policyOf, unitFile, writeUnit } from "./world.ts";
import { writePolicy } from "../../testbed/index.ts";

const stage = setStage();
const UNITS = "/etc/systemd/system";
const ZOE = "jupyterhub-singleuser-zoe.service";
const CREDENTIALS = "LoadCredential=hub:/run/hub-helper/credentials/%P@%I";
/** A unit that nothing can be said against begins like this; the lines of a case come after it. */
const GOOD = [CREDENTIALS];
const FIRST_LINE = 7;

const sh = (script: string) => stage.testbed.run(["sh", "-c", script]);

async function check(...args: string[]): Promise<CheckedFileJson> {
  const { stdout, stderr } = await stage.testbed.run(["helperctl", "check", "--json", ...args], {
    check: false,
  });
  expect(stderr).toBe("");
  const [file] = (JSON.parse(stdout) as CheckJson).files;
  if (file === undefined) throw new Error("check told of no file");
  return file;
}

const coded = ({ findings }: CheckedFileJson, code: string): Finding[] =>
  findings.filter((finding) => finding.code === code);

const aboutUnits = ({ findings }: CheckedFileJson): Finding[] =>
  findings.filter(({ code }) => code.startsWith("unit-"));

/** What was advised is run as it would be pasted. */
async function mend(finding: Finding | undefined): Promise<void> {
  if (typeof finding?.mend !== "string") throw new Error(`nothing mends ${JSON.stringify(finding)}`);
  await sh(finding.mend);
}

const SAVED = "/root/good";

beforeAll(async () => {
  await writePolicy(stage.testbed, policyOf({}));
  for (const user of ["zoe", "wash"]) await writeUnit(stage.testbed, user, GOOD);
  await sh(`mkdir ${SAVED} && cp -a ${UNITS}/jupyterhub-singleuser* /etc/hub-helper/policy.toml ${SAVED}`);
});

beforeEach(async () => {
  await sh(`
    if [ -d /home/elsewhere ]; then rm -rf /home/zoe && mv /home/elsewhere /home/zoe; fi
    if [ -d /srv/people/zoe ]; then mv /srv/people/zoe /home/ && usermod --home /home/zoe zoe; fi
    rm -rf ${UNITS}/jupyterhub-singleuser* /run/systemd/system/jupyterhub-singleuser*
    cp -a ${SAVED}/*.service ${UNITS}
    cp -a ${SAVED}/policy.toml /etc/hub-helper
    systemctl daemon-reload`);
});

test("units that are as they should be are looked at, and nothing is said against them", async () => {
  const checked = await check();
  expect({ units: checked.units, found: aboutUnits(checked) }).toEqual({ units: 2, found: [] });
});

interface Case {
  /** Lines that come to `[Service]` of zoe's unit. */
  readonly service?: readonly string[];
  /** What is done then; `$unit` is its name. */
  readonly then?: string;
  readonly code: string;
  readonly severity: Finding["severity"];
  readonly text: RegExp;
  /** The line of the unit file that is pointed at. */
  readonly line?: number;
  readonly isMended: boolean;
}

const dropin = (name: string, ...lines: string[]): string =>
  `mkdir -p ${UNITS}/${ZOE}.d && printf '%s\\n' '[Service]' ${lines.map((line) => `'${line}'`).join(" ")} >${UNITS}/${ZOE}.d/${name} && systemctl daemon-reload`;

const CASES: Readonly<Record<string, Case>> = {
  "has no User=": {
    service: ["User="],
    code: "unit-user",
    severity: "error",
    text: /its User= is not the account that the policy says \(it has none and would run as root; it must be zoe\)/,
    line: FIRST_LINE,
    isMended: true,
  },
  "runs as another account": {
    service: ["User=wash"],
    code: "unit-user",
    severity: "error",
    text: /its User= is not the account that the policy says \(it is wash; it must be zoe\)/,
    line: FIRST_LINE,
    isMended: true,
  },
  "runs as nobody who exists": {
    service: ["User=no-such-account"],
    code: "unit-user",
    severity: "error",
    text: /its User= is not an account/,
    line: FIRST_LINE,
    isMended: true,
  },
  "runs as root by a drop-in that comes late": {
    then: dropin("90-root.conf", "User=root"),
    code: "unit-user",
    severity: "error",
    text: /it is set in .*90-root\.conf:2, which a drop-in .* would not win against/,
    isMended: false,
  },
  "runs as root by a drop-in that comes early": {
    then: dropin("10-root.conf", "User=root"),
    code: "unit-user",
    severity: "error",
    text: /its User= is not the account/,
    isMended: true,
  },
  "has DynamicUser=": {
    service: ["DynamicUser=yes"],
    code: "unit-dynamic-user",
    severity: "error",
    text: /it has DynamicUser=/,
    line: FIRST_LINE,
    isMended: true,
  },
  "has PermissionsStartOnly=": {
    service: ["PermissionsStartOnly=yes", "ExecStartPre=/bin/true"],
    code: "unit-start-only",
    severity: "error",
    text: /PermissionsStartOnly=/,
    line: FIRST_LINE,
    isMended: true,
  },
  "has PAMName= and a stack with a session of systemd-logind's": {
    service: ["Type=simple", "PAMName=login"],
    code: "unit-pam-logind",
    severity: "warning",
    text: /PAMName=login: pam_systemd\.so in that stack moves the server to user-UID\.slice/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "has PAMName= of a service that has no file": {
    service: ["Type=simple", "PAMName=jupyterhub"],
    code: "unit-pam-missing",
    severity: "warning",
    text: /there is no \/etc\/pam\.d\/jupyterhub, so PAM goes by \/etc\/pam\.d\/other/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "has the home of an account that has none": {
    service: ["WorkingDirectory=~"],
    then: "mv /home/zoe /home/elsewhere",
    code: "unit-home-missing",
    severity: "warning",
    text: /the home of zoe, \/home\/zoe, does not exist: the start fails with 200; mkhomedir_helper zoe makes it/,
    isMended: true,
  },
  "cannot write in the home of its account": {
    service: ["ProtectSystem=strict"],
    then: "mkdir -p /srv/people && mv /home/zoe /srv/people/ && usermod --home /srv/people/zoe zoe",
    code: "unit-home-read-only",
    severity: "warning",
    text: /the home of zoe, \/srv\/people\/zoe, is read-only to it by ProtectSystem=strict/,
    line: FIRST_LINE,
    isMended: true,
  },
  "cannot see the home of its account": {
    service: ["WorkingDirectory=~", "ProtectHome=tmpfs"],
    code: "unit-home-hidden",
    severity: "error",
    text: /the home of zoe, \/home\/zoe, is hidden from it by ProtectHome=tmpfs: the start fails with 200/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "ends with the first kernel that is killed for its memory": {
    then: `sed -i /^OOMPolicy=/d ${UNITS}/$unit && systemctl daemon-reload`,
    code: "unit-oom",
    severity: "note",
    text: /it has no OOMPolicy=, which stands for OOMPolicy=stop/,
    isMended: true,
  },
  "cannot say that it is ready": {
    service: ["Type=notify", "TemporaryFileSystem=/run/systemd:ro"],
    code: "unit-notify-hidden",
    severity: "error",
    text: /TemporaryFileSystem=\/run\/systemd hides \/run\/systemd\/notify/,
    line: FIRST_LINE,
    isMended: true,
  },
  "has Type=simple": {
    service: ["Type=simple"],
    code: "unit-type",
    severity: "warning",
    text: /it has Type=simple/,
    line: FIRST_LINE,
    isMended: true,
  },
  "has no Type=": {
    // With credentials, newer releases of systemd take a missing Type= for exec.
    then: `sed -i -e /^Type=/d -e /^LoadCredential=/d ${UNITS}/$unit && systemctl daemon-reload`,
    code: "unit-type",
    severity: "warning",
    text: /it has no Type=/,
    isMended: true,
  },
  "has a line with +": {
    service: ["ExecStartPre=-+/bin/true"],
    code: "unit-elevated",
    severity: "error",
    text: /its ExecStartPre= line for \/bin\/true begins with \+/,
    line: FIRST_LINE,
    isMended: false,
  },
  "has a file that its group may write": {
    then: `chmod g+w ${UNITS}/$unit`,
    code: "unit-file-owner",
    severity: "error",
    text: /writable by others than root/,
    isMended: true,
  },
  "has a file of another account, that everybody may write": {
    then: `chown wash ${UNITS}/$unit && chmod 646 ${UNITS}/$unit`,
    code: "unit-file-owner",
    severity: "error",
    text: /does not belong to root/,
    isMended: true,
  },
  "has a drop-in in a directory of another account": {
    then: `${dropin("10-nice.conf", "Nice=5")} && chown wash ${UNITS}/$unit.d`,
    code: "unit-file-owner",
    severity: "error",
    text: /\.d does not belong to root/,
    isMended: true,
  },
  "is masked": {
    then: `mv ${UNITS}/$unit /usr/lib/systemd/system/ && systemctl mask $unit`,
    code: "unit-masked",
    severity: "error",
    text: /it is masked/,
    isMended: true,
  },
  "is masked for this boot": {
    then: `mv ${UNITS}/$unit /usr/lib/systemd/system/ && systemctl mask --runtime $unit`,
    code: "unit-masked",
    severity: "error",
    text: /it is masked/,
    isMended: true,
  },
  "is transient": {
    then: `rm ${UNITS}/$unit && systemctl daemon-reload && systemd-run --unit=$unit --property=User=zoe --remain-after-exit true`,
    code: "unit-transient",
    severity: "error",
    text: /it is transient/,
    isMended: true,
  },
  "is another unit by an alias": {
    then: `ln -sf ${UNITS}/jupyterhub-singleuser-wash.service ${UNITS}/$unit && systemctl daemon-reload`,
    code: "unit-alias",
    severity: "error",
    text: /the name is an alias of another unit, jupyterhub-singleuser-wash\.service/,
    isMended: false,
  },
  "cannot be loaded": {
    service: ["ExecStart=", "ExecStart=/bin/a", "ExecStart=/bin/b"],
    code: "unit-not-loaded",
    severity: "error",
    text: /systemd could not load it \(bad-setting\)/,
    isMended: false,
  },
  "was changed since it was loaded": {
    service: ["LoadCredential="],
    then: `systemctl start $unit && touch -d tomorrow ${UNITS}/$unit`,
    code: "unit-needs-reload",
    severity: "warning",
    text: /changed since systemd read them/,
    isMended: true,
  },
  "takes no credentials": {
    service: ["LoadCredential="],
    code: "unit-credentials-unused",
    severity: "warning",
    text: /takes none of the credentials/,
    isMended: false,
  },
  "takes another unit's credentials": {
    service: ["LoadCredential=hub2:/run/hub-helper/credentials/jupyterhub-singleuser-wash.service"],
    code: "unit-credentials",
    severity: "error",
    text: /credentials\/jupyterhub-singleuser-wash\.service.*its own credentials are in .*zoe@;.*%P@%I/,
    line: FIRST_LINE,
    isMended: false,
  },
  "takes credentials by a wrong specifier": {
    service: ["LoadCredential=env:/run/hub-helper/credentials/%p/env"],
    code: "unit-credentials",
    severity: "error",
    text: /its line LoadCredential=env reads .*jupyterhub-singleuser-zoe\/env/,
    line: FIRST_LINE,
    isMended: true,
  },
  "takes credentials by the line of an older version": {
    service: ["LoadCredential=", "LoadCredential=hub:/run/hub-helper/credentials/%n"],
    code: "unit-credentials",
    severity: "error",
    text: /write LoadCredential=hub:\/run\/hub-helper\/credentials\/%P@%I/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "takes credentials by the path that an older version used": {
    service: [
      "LoadCredential=",
      "LoadCredential=env:/run/hub-helper/credentials/jupyterhub-singleuser-zoe.service/env",
    ],
    code: "unit-credentials",
    severity: "error",
    text: /write LoadCredential=hub/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "takes credentials by a line in quotes, which systemd takes literally": {
    service: ["LoadCredential=", 'LoadCredential="hub:/run/hub-helper/credentials/%P@%I"'],
    code: "unit-credentials",
    severity: "error",
    text: /systemd takes quotes as part of the name and the path/,
    line: FIRST_LINE + 1,
    isMended: false,
  },
  "opens another unit's credentials as a file": {
    service: ["EnvironmentFile=-/run/hub-helper/credentials/jupyterhub/singleuser/wash@/env"],
    code: "unit-credentials",
    severity: "error",
    text: /its line EnvironmentFile= reads .*wash@/,
    line: FIRST_LINE,
    isMended: false,
  },
  "takes a credential that the template does not have": {
    service: ["LoadCredential=token:/run/hub-helper/credentials/%P@%I/token"],
    code: "unit-credentials",
    severity: "error",
    text: /"token", which template singleuser has no credential for/,
    line: FIRST_LINE,
    isMended: false,
  },
  "takes what is staged for encrypted": {
    service: ["LoadCredentialEncrypted=env:/run/hub-helper/credentials/%P@%I/env"],
    code: "unit-credentials",
    severity: "error",
    text: /not encrypted/,
    line: FIRST_LINE,
    isMended: false,
  },
  "has an EnvironmentFile= that is not there": {
    service: ["EnvironmentFile=/etc/no-such-file"],
    code: "unit-environment-file",
    severity: "error",
    text: /\/etc\/no-such-file does not exist/,
    line: FIRST_LINE,
    isMended: false,
  },
  "has an EnvironmentFile= that others may write": {
    service: ["EnvironmentFile=-/etc/other", "EnvironmentFile=/etc/nb/env"],
    then: "mkdir -m 777 -p /etc/nb && touch /etc/nb/env && chown wash /etc/nb/env",
    code: "unit-environment-file",
    severity: "error",
    text: /\/etc\/nb\/env does not belong to root/,
    line: FIRST_LINE + 1,
    isMended: true,
  },
  "has an EnvironmentFile= in the user's home": {
    service: ["EnvironmentFile=/home/zoe/env"],
    then: "touch /home/zoe/env && chown zoe /home/zoe/env",
    code: "unit-environment-file",
    severity: "error",
    text: /\/home\/zoe\/env does not belong to root/,
    line: FIRST_LINE,
    isMended: false,
  },
};

describe("a unit that", () => {
  test.each(Object.entries(CASES))("%s is told of, and mended by what is advised", async (_, given) => {
    await writeUnit(stage.testbed, "zoe", [...GOOD, ...(given.service ?? [])]);
    await sh(`systemctl daemon-reload\n${(given.then ?? "true").replaceAll("$unit", ZOE)}`);
    const [found, ...more] = coded(await check(), given.code);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: given.severity, unit: ZOE });
    expect(found?.text).toMatch(given.text);
    if (given.line !== undefined) {
      expect(found).toMatchObject({ file: `${UNITS}/${ZOE}`, line: given.line, column: 1 });
    }
    expect(found?.mend === null).toBe(!given.isMended);
    if (given.isMended) {
      await mend(found);
      expect(coded(await check(), given.code)).toEqual([]);
    }
    await sh(
      `systemctl stop ${ZOE}; rm -f /usr/lib/systemd/system/${ZOE}; systemctl reset-failed ${ZOE} 2>/dev/null; true`,
    );
  });
});

describe("a unit file for named servers", () => {
  const FILE = "jupyterhub-singleuser-zoe@.service";

  test("is looked at without a server, and %i in its shell lines is an error", async () => {
    const line = `ExecStartPre=/usr/bin/env sh -ec 'mkdir -p "/tmp/%i"'`;
    await stage.testbed.write(`${UNITS}/${FILE}`, unitFile("zoe", [...GOOD, line]));
    const checked = await check();
    expect(checked.units).toBe(3);
    expect(aboutUnits(checked)).toMatchObject([
      { code: "unit-shell", severity: "error", unit: FILE, file: `${UNITS}/${FILE}`, line: FIRST_LINE },
    ]);
  });

  test("takes the credentials of its own instance alone", async () => {
    const line = "LoadCredential=other:/run/hub-helper/credentials/%i";
    await stage.testbed.write(`${UNITS}/${FILE}`, unitFile("zoe", [...GOOD, line]));
    expect(aboutUnits(await check())).toMatchObject([{ code: "unit-credentials", line: FIRST_LINE }]);
  });

  test("is mended for all its instances", async () => {
    await stage.testbed.write(`${UNITS}/${FILE}`, unitFile("zoe", [...GOOD, "User="]));
    const [found] = coded(await check(), "unit-user");
    await mend(found);
    expect(aboutUnits(await check())).toEqual([]);
  });
});

describe("the same fault of several units", () => {
  const names = ["zoe", "wash"];

  test("is told once, and one drop-in for all of them mends it", async () => {
    for (const user of names) await writeUnit(stage.testbed, user, [...GOOD, "User="]);
    await sh("systemctl daemon-reload");
    const found = coded(await check(), "unit-user");
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toMatch(/^2 units \(of wash and zoe\), each: its User= is not the account/);
    expect(found[0]?.mend).toContain("jupyterhub-singleuser-.service.d/50-user.conf");
    await mend(found[0]);
    expect(aboutUnits(await check())).toEqual([]);
  });

  test("is told once where it stands in a drop-in that they share", async () => {
    const file = `${UNITS}/jupyterhub-singleuser-.service.d/10-env.conf`;
    await stage.testbed.write(file, "[Service]\nEnvironmentFile=/etc/shared.env\n");
    await stage.testbed.write("/etc/shared.env", "", { mode: "666" });
    await sh("systemctl daemon-reload");
    const found = coded(await check(), "unit-environment-file");
    expect(found).toMatchObject([{ file, line: 2, mend: "chmod go-w /etc/shared.env" }]);
    await mend(found[0]);
    expect(aboutUnits(await check())).toEqual([]);
  });
});

test("command lines are split as this systemd splits them", async () => {
  const lines = [
    "/bin/a b  c",
    `/bin/a 'b c' "d e" f'g h'i ""`,
    '/bin/a b\\sc \\101 d\\\\e \'f\\tg\' "h\\"i"',
    "/bin/a b ; /bin/c d",
    "/bin/a b \\; c ';' d",
    "-@/bin/sh mine -c x",
  ];
  const unit = "split.service";
  const file = ["[Service]", "Type=oneshot", ...lines.map((line) => `ExecStart=${line}`)];
  await stage.testbed.write(`${UNITS}/${unit}`, `${file.join("\n")}\n`);
  const bus = "busctl --json=short get-property org.freedesktop.systemd1";
  const path = "/org/freedesktop/systemd1/unit/split_2eservice";
  const { stdout } = await sh(
    `${bus} ${path} org.freedesktop.systemd1.Service ExecStart; rm ${UNITS}/${unit}`,
  );
  const { data } = JSON.parse(stdout) as { data: [string, string[]][] };
  const ours = lines.flatMap(execCommands).map(({ argv }) => argv);
  // The first word is the name that the program sees, which with @ is not its path.
  expect(data.map(([program, [, ...args]]) => [program, ...args])).toEqual(ours);
});

describe("users without a unit file", () => {
  test("are told of in one finding, and get their units by what is advised", async () => {
    await stage.testbed.addUser("ann-lee", { groups: ["jupyterhub"] });
    await sh(`rm ${UNITS}/jupyterhub-singleuser-wash.service && systemctl daemon-reload`);
    const found = coded(await check(), "unit-missing");
    expect(found).toMatchObject([
      { severity: "error", units: [expect.stringContaining("x2dlee"), expect.stringContaining("wash")] },
    ]);
    expect(found[0]?.text).toMatch(/^there is no unit file for ann-lee and wash \(/);
    await mend(found[0]);
    expect(coded(await check(), "unit-missing")).toEqual([]);
    await sh("userdel --remove ann-lee");
  });

  test("are told of too while systemd has the unit in memory, since it runs", async () => {
    await writeUnit(stage.testbed, "wash");
    await sh("systemctl daemon-reload");
    await sh("systemctl start jupyterhub-singleuser-wash.service");
    await sh(`rm ${UNITS}/jupyterhub-singleuser-wash.service`);
    const [found] = coded(await check(), "unit-missing");
    expect(found?.text).toMatch(/^there is no unit file for wash \(/);
    await mend(found);
    expect(coded(await check(), "unit-missing")).toEqual([]);
    await sh("systemctl stop jupyterhub-singleuser-wash.service");
  });

  test("are told of too while a drop-in of theirs was removed", async () => {
    const dropin = `${UNITS}/jupyterhub-singleuser-wash.service.d`;
    await writeUnit(stage.testbed, "wash");
    await sh(`mkdir ${dropin} && echo '[Service]' >${dropin}/x.conf && systemctl daemon-reload`);
    await sh("systemctl start jupyterhub-singleuser-wash.service");
    await sh(`rm -r ${dropin}`);
    expect(coded(await check(), "unit-file-owner")).toEqual([expect.objectContaining({ mend: null })]);
    await sh("systemctl stop jupyterhub-singleuser-wash.service; systemctl daemon-reload");
  });

  test("are no error while a template of another account may make them", async () => {
    const generator = '[template.maker]\nunit = "hub-maker@{user}.service"\nrun_as = "root"\n';
    await writePolicy(stage.testbed, policyOf({ policy: generator }));
    await sh(`rm ${UNITS}/jupyterhub-singleuser-wash.service && systemctl daemon-reload`);
    const [found] = coded(await check(), "unit-missing");
    expect(found?.severity).toBe("warning");
    expect(found?.text).toMatch(/template maker, which runs as root/);
  });

  test("are mended in one line where they are more than fit into one", async () => {
    const users = Array.from({ length: 120 }, (_, at) => `student${at}`);
    const lines = users.map((name, at) => `${name}:x:${4000 + at}:100::/home/${name}:/bin/bash`);
    await sh(`cp /etc/passwd /etc/passwd.saved; cp /etc/group /etc/group.saved
      printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} >>/etc/passwd
      echo 'students:x:4999:${users.join(",")}' >>/etc/group`);
    await writePolicy(stage.testbed, policyOf({}).replace('group = "jupyterhub"', 'group = "students"'));
    const [found] = coded(await check(), "unit-missing");
    expect(found?.text).toMatch(/^there is no unit file for student0, student1 and 118 more \(such as/);
    await mend(found);
    const checked = await check();
    expect({ units: checked.units, missing: coded(checked, "unit-missing") }).toEqual({
      units: 242,
      missing: [],
    });
    await sh("mv /etc/passwd.saved /etc/passwd; mv /etc/group.saved /etc/group");
  });

  test("whom no rule is for are a note", async () => {
    await writeUnit(stage.testbed, "mallory", GOOD);
    expect(aboutUnits(await check())).toMatchObject([
      { code: "unit-left-over", severity: "note", unit: "jupyterhub-singleuser-mallory.service" },
    ]);
  });
});

describe("a rule", () => {
  const rule = (peer: string, target = '{ group = "jupyterhub" }', methods = '["start"]'): string =>
    `[[allow]]\nname = "more"\npeer = ${peer}\nmethods = ${methods}\ntemplates = ["singleuser"]\ntarget = ${target}\n`;
  const put = (text: string) => writePolicy(stage.testbed, policyOf({ policy: text }));
  const last = async (code: string): Promise<Finding | undefined> => coded(await check(), code).at(-1);

  test("whose peer has a login shell is told of, and mended", async () => {
    const [found] = coded(await check(), "peer-login-shell");
    expect(found).toMatchObject({ severity: "warning", mend: "usermod --shell /usr/sbin/nologin jupyter" });
    await mend(found);
    expect(coded(await check(), "peer-login-shell")).toEqual([]);
    await sh("usermod --shell /bin/bash jupyter");
  });

  test("for a group whose members have login shells is told of", async () => {
    await put(rule('{ group = "zoe" }'));
    expect((await last("peer-login-shell"))?.text).toMatch(/whoever logs in as zoe may start by rule "more"/);
  });

  test("that only lets look is none to worry about", async () => {
    await put(rule('{ group = "zoe" }', undefined, '["status", "list"]'));
    expect(coded(await check(), "peer-login-shell")).toHaveLength(1);
  });

  test("for a group that nobody is in is told of with its place", async () => {
    await sh("groupadd --force empty");
    await put(rule('{ group = "empty" }'));
    const found = await last("rule-nobody");
    expect(found?.text).toMatch(/group empty has no members/);
    const text = (await stage.testbed.read("/etc/hub-helper/policy.toml")).split("\n");
    expect(text[(found?.line ?? 0) - 1]?.slice((found?.column ?? 0) - 1)).toMatch(/^group = "empty"/);
  });

  test("for the members of a group without any is told of", async () => {
    await sh("groupadd --force empty");
    await put(rule('{ user = "jupyter" }', '{ group = "empty" }'));
    expect((await last("target-nobody"))?.text).toMatch(/group empty has no members/);
  });

  test("for a peer in a unit that is not there is told of", async () => {
    await put(rule('{ user = "jupyter", unit = "no-such-hub.service" }'));
    expect((await last("rule-nobody"))?.text).toMatch(/no unit no-such-hub\.service/);
  });

  test.each([
    ['{ group = "newgroup" }', undefined, "policy-broken"],
    ['{ user = "newuser" }', undefined, "policy-broken"],
    ['{ user = "jupyter" }', '{ group = "newtargets" }', "policy-warning"],
  ])("that names what is not there, %s %s, is mended by making it", async (peer, target, code) => {
    await put(rule(peer, target));
    const found = await last(code);
    await mend(found);
    expect(coded(await check(), code)).toEqual([]);
  });
});

test("a policy file that others may write, in a directory of somebody's, is mended step by step", async () => {
  await sh("chmod 666 /etc/hub-helper/policy.toml; chown zoe /etc/hub-helper");
  const directory = await check();
  expect(directory).toMatchObject({ loads: false, hash: null });
  expect(directory.findings[0]).toMatchObject({
    code: "policy-file",
    mend: "chown root:root /etc/hub-helper",
  });
  await mend(directory.findings[0]);
  const [file] = (await check()).findings;
  expect(file).toMatchObject({ code: "policy-file", mend: "chmod go-w /etc/hub-helper/policy.toml" });
  await mend(file);
  expect((await check()).loads).toBe(true);
});

describe("an exit status", () => {
  const statusOf = async (...args: string[]): Promise<number | null> =>
    (await stage.testbed.run(["helperctl", "check", ...args], { check: false })).status;

  test("is 0 with warnings, and 1 with --strict or errors", async () => {
    expect(await statusOf()).toBe(0);
    expect(await statusOf("--strict")).toBe(1);
    await writeUnit(stage.testbed, "zoe", [...GOOD, "User=root"]);
    await sh("systemctl daemon-reload");
    expect(await statusOf()).toBe(1);
    expect(await statusOf("--policy-only")).toBe(0);
  });
});

test("a reload asks about the policy alone, however the units are", async () => {
  await writeUnit(stage.testbed, "zoe", [...GOOD, "User=root"]);
  await sh("systemctl daemon-reload");
  const hub = await stage.connect(HUB);
  await hub.result("describe");
  await stage.testbed.run(["systemctl", "reload", "helper.service"]);
});

test("an ordinary account is told what root is told, and what it could not read", async () => {
  await writeUnit(stage.testbed, "zoe", [...GOOD, "Type=simple"]);
  await sh(`chmod 600 ${UNITS}/${ZOE}; systemctl daemon-reload`);
  const { stdout } = await stage.testbed.run(["helperctl", "check", "--json"], { user: "mallory" });
  const [file] = (JSON.parse(stdout) as CheckJson).files;
  const codes = file?.findings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["peer-login-shell", "unit-type", "unit-unread"]));
});
