import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { DoctorJson } from "../../src/helperctl/doctor/json.ts";
import { setStage } from "./stage.ts";
import { PROJECT } from "./world.ts";

const stage = setStage();

const EXAMPLES = "/usr/share/doc/hub-helper/examples/jupyterhub";
const UNIT = "/etc/systemd/system/jupyterhub.service";
const PASSWORD = "correct horse";

type Found = DoctorJson["findings"][number];

const shell = (script: string) => stage.testbed.run(["sh", "-c", `set -e\n${script}`]);

/** A log-in as the guide has the admin try it. */
async function logIn(password: string, user = "zoe"): Promise<{ status: number | null; said: string }> {
  const argv = [join(EXAMPLES, "test-login"), user];
  const { status, stdout, stderr } = await stage.testbed.run(argv, { input: `${password}\n`, check: false });
  return { status, said: stdout + stderr };
}

async function findPam(): Promise<Found[]> {
  const { stdout } = await stage.testbed.run(["helperctl", "doctor", "--json"], { check: false });
  return (JSON.parse(stdout) as DoctorJson).findings.filter(({ check }) => check === "pam");
}

const dropins = (text: string) => stage.testbed.write(`${UNIT}.d/pam.conf`, text);
const shipped = (path: string) => readFile(join(PROJECT, "systemd/examples/jupyterhub", path), "utf8");

beforeAll(async () => {
  await shell(`
    install -d -m 700 /etc/jupyterhub/credentials
    for name in proxy_auth_token cookie_secret; do echo 00 >/etc/jupyterhub/credentials/$name; done
    for user in zoe wash; do echo "$user:${PASSWORD}" | chpasswd; done
    cp ${EXAMPLES}/jupyterhub.service ${UNIT}
  `);
});

beforeEach(async () => {
  await shell(`rm -rf ${UNIT}.d`);
  await dropins(await shipped("jupyterhub.service.d/pam.conf"));
  await shell("systemctl daemon-reload");
});

test("PAM accepts the right password, and only that one, in the sandbox of the hub's unit", async () => {
  expect(await logIn(PASSWORD)).toMatchObject({ status: 0, said: expect.stringMatching(/^accepted: /) });
  expect(await logIn("wrong")).toMatchObject({
    status: 1,
    said: expect.stringMatching(/^refused: pam_authenticate: /),
  });
  expect(await logIn(PASSWORD, "nobody-of-that-name")).toMatchObject({ status: 1 });
});

test("PAM checks passwords where there is no file for the service login", async () => {
  await shell("mv /etc/pam.d/login /root/login");
  try {
    expect(await logIn(PASSWORD)).toMatchObject({ status: 0 });
    expect(await findPam()).toMatchObject([{ code: "pam-service", severity: "note" }]);
  } finally {
    await shell("mv /root/login /etc/pam.d/login");
  }
});

test("PAM refuses an account that has expired", async () => {
  await shell("chage --expiredate 1 wash");
  expect(await logIn(PASSWORD, "wash")).toMatchObject({
    status: 1,
    said: expect.stringMatching(/^refused: pam_acct_mgmt: /),
  });
});

test("a check leaves no unit, no file and no password behind", async () => {
  await logIn(PASSWORD);
  await logIn("wrong");
  const { stdout } = await shell(`
    ls -d /run/test-login-* /run/systemd/system/test-login-* 2>/dev/null || true
    systemctl list-units --all --plain --no-legend 'test-login-*'
    journalctl --sync
    journalctl --output=export | grep --text -c '${PASSWORD}' || true
  `);
  expect(stdout).toBe("0\n");
});

test("setuid() lets the hub become nobody else", async () => {
  const program = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for uid in (0, ${await uidOf("zoe")}, os.getuid()):
    result = libc.setuid(uid)
    print(uid == os.getuid(), result, os.strerror(ctypes.get_errno()), flush=True)
print(os.getresuid() == (os.getuid(),) * 3)
`;
  await stage.testbed.write("/opt/try-setuid.py", program);
  await stage.testbed.write(
    `${UNIT}.d/try.conf`,
    "[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=/usr/bin/python3 /opt/try-setuid.py\nStandardOutput=truncate:/run/try-setuid\n",
  );
  await shell("systemctl daemon-reload; systemctl start jupyterhub.service");
  expect(await stage.testbed.read("/run/try-setuid")).toBe(
    "False -1 Operation not permitted\nFalse -1 Operation not permitted\nTrue 0 Operation not permitted\nTrue\n",
  );
});

const uidOf = async (user: string): Promise<string> =>
  (await stage.testbed.run(["id", "-u", user])).stdout.trim();

/** PAM 1.5 reads a hash itself, and needs neither unix_chkpwd nor setuid() for that. */
async function readsHashes(): Promise<boolean> {
  const { stdout } = await stage.testbed.run([
    "dpkg-query",
    "--show",
    "--showformat=${Version}",
    "libpam-modules",
  ]);
  return /^1\.[0-5]\./.test(stdout);
}

describe("the doctor", () => {
  // A row that fails must not break the next.
  afterEach(() =>
    shell("chgrp shadow /etc/shadow; chmod 0640 /etc/shadow; chmod 2755 /usr/sbin/unix_chkpwd"),
  );

  test("finds nothing wrong with what the guide installs", async () => {
    expect(await findPam()).toEqual([]);
  });

  test("has nothing to say about a hub that is not in the group shadow", async () => {
    await dropins("[Service]\n");
    await shell("systemctl daemon-reload; chmod 0600 /etc/shadow");
    expect(await findPam()).toEqual([]);
  });

  test("finds a filter that denies setuid(), and the command that it prints fixes it", async () => {
    await dropins("[Service]\nSupplementaryGroups=shadow\n");
    await shell("systemctl daemon-reload");
    const [found, ...more] = await findPam();
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: "pam-filter", unit: "jupyterhub.service" });
    const [severity, status] = (await readsHashes()) ? ["warning", 0] : ["error", 1];
    expect(found?.severity).toBe(severity);
    expect(await logIn(PASSWORD)).toMatchObject({ status });

    await shell(found?.mend ?? "false");
    expect(await findPam()).toEqual([]);
    expect(await logIn(PASSWORD)).toMatchObject({ status: 0 });
  });

  test.each([
    ["/etc/shadow that its group cannot read", "chmod 0600 /etc/shadow", "pam-shadow-closed"],
    ["/etc/shadow of another group", "chgrp root /etc/shadow", "pam-shadow-closed"],
  ])("finds %s, and the command that it prints fixes it", async (_, breaks, code) => {
    await shell(breaks);
    const [found, ...more] = await findPam();
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code, severity: "error" });
    expect(await logIn(PASSWORD)).toMatchObject({ status: 1 });
    await shell(found?.mend ?? "false");
    expect(await findPam()).toEqual([]);
    expect(await logIn(PASSWORD)).toMatchObject({ status: 0 });
  });

  test("finds unix_chkpwd that only root may execute where PAM needs it, and its command fixes it", async () => {
    await shell("chmod 0700 /usr/sbin/unix_chkpwd");
    const found = await findPam();
    const isNeeded = !(await readsHashes());
    expect(found.map(({ code, severity }) => ({ code, severity }))).toEqual(
      isNeeded ? [{ code: "pam-program", severity: "error" }] : [],
    );
    expect(await logIn(PASSWORD)).toMatchObject({ status: isNeeded ? 1 : 0 });
    await shell(found[0]?.mend ?? "true");
    expect(await findPam()).toEqual([]);
    expect(await logIn(PASSWORD)).toMatchObject({ status: 0 });
  });
});

test("says that the check did not run where there is no such unit", async () => {
  const argv = [join(EXAMPLES, "test-login"), "--unit=nothing.service", "zoe"];
  const { status, stdout, stderr } = await stage.testbed.run(argv, { input: "x\n", check: false });
  expect({ status, said: stdout + stderr }).toEqual({
    status: 2,
    said: expect.stringMatching(
      /^.*No files found.*\n?the check did not run: systemd has no nothing\.service.*\n$/,
    ),
  });
});
