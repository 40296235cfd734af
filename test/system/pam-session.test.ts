import { beforeAll, describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import type { DoctorJson } from "../../src/helperctl/doctor/json.ts";
import type { CheckJson } from "../../src/helperctl/commands/check.ts";
import type { Finding } from "../../src/helperctl/finding.ts";
import type { RawClient } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { PROJECT } from "./world.ts";

const stage = setStage({ settleMs: 2000 });
const EXAMPLES = join(PROJECT, "systemd/examples");
const DROPINS = "/etc/systemd/system/jupyterhub-singleuser-.service.d";
const TEMPLATES = ["{user}.service", "{user}@.service", "{user}.slice"];
/** Stays for as long as the test wants, and shows what it got. */
const PROGRAM = `#!/bin/sh
{ pwd; stat --format='%U %a' .; ulimit -Hn; touch written && echo written; echo "$JUPYTERHUB_USER"; } >/tmp/facts.new
mv /tmp/facts.new /tmp/facts
exec sleep infinity
`;

const sh = (script: string) => stage.testbed.run(["sh", "-c", script]);
const unitOf = (user: string) => `jupyterhub-singleuser-${user}.service`;

/** An account without a home, with the example's units; each has its own. */
async function addAccount(user: string, ...options: string[]): Promise<void> {
  await stage.testbed.run(["useradd", "--groups=jupyterhub", "--shell=/bin/bash", ...options, user]);
  await sh(`UNITS=/etc/systemd/system TEMPLATES=/opt/templates /opt/add-user-units ${user}`);
}

beforeAll(async () => {
  const { testbed } = stage;
  for (const name of TEMPLATES) {
    const from = `units/jupyterhub-singleuser-${name}`;
    await testbed.copyIn(join(EXAMPLES, from), `/opt/templates/jupyterhub-singleuser-${name}`);
  }
  await testbed.copyIn(join(EXAMPLES, "add-user-units"), "/opt/add-user-units");
  const dropins = { "jupyterhub-singleuser-.service.d": "40-hardening.conf" };
  for (const [directory, file] of Object.entries(dropins)) {
    await testbed.copyIn(join(EXAMPLES, directory, file), `${DROPINS}/${file}`);
  }
  await testbed.copyIn(join(EXAMPLES, "jupyterhub/pam-session/server.conf"), `${DROPINS}/50-pam.conf`);
  await testbed.write("/opt/jupyterhub/bin/jupyterhub-singleuser", PROGRAM, { mode: "755" });
  await sh("gpasswd --delete zoe jupyterhub; gpasswd --delete wash jupyterhub");
  await testbed.write("/etc/security/limits.d/test.conf", "newcomer hard nofile 777\n");
});

async function start(client: RawClient, user: string): Promise<void> {
  await client.result("write-credentials", { user, env: {} });
  await client.result("start", { user });
}

async function findings(program: "check" | "doctor"): Promise<Finding[]> {
  const { stdout } = await stage.testbed.run(["helperctl", program, "--json"], { check: false });
  const found =
    program === "check"
      ? (JSON.parse(stdout) as CheckJson).files.flatMap((file) => file.findings)
      : (JSON.parse(stdout) as DoctorJson).findings;
  return found.filter(({ code }) => code.startsWith("unit-"));
}

describe("a server with the shipped session", () => {
  test("gets its home made at the first start, its limits, and stays in its slice", async () => {
    await addAccount("newcomer");
    expect(await stage.testbed.exists("/home/newcomer")).toBe(false);
    const client = await stage.connect();
    await start(client, "newcomer");
    const unit = unitOf("newcomer");
    const pid = await stage.property(unit, "MainPID");
    const { stdout } = await sh(
      `cat /proc/${pid}/root/tmp/facts; grep ^0:: /proc/${pid}/cgroup; pgrep --ns ${pid} --nslist pid --uid newcomer --list-full`,
    );
    const [home, owner, files, written, user, cgroup] = stdout.split("\n");
    expect({ home, owner, files, written, user }).toEqual({
      home: "/home/newcomer",
      owner: "newcomer 700",
      files: "777",
      written: "written",
      user: "newcomer",
    });
    expect(cgroup).toMatch(
      /\/jupyterhub-singleuser-newcomer\.slice\/jupyterhub-singleuser-newcomer\.service$/,
    );
    expect((await sh("loginctl list-sessions --no-legend")).stdout).not.toContain("newcomer");
    // Its own waiter for the end of the session does not outlive it.
    await client.result("stop", { user: "newcomer" });
    expect((await stage.testbed.run(["pgrep", "--uid", "newcomer"], { check: false })).status).toBe(1);
    expect(await stage.property(unit, "Result")).toBe("success");
  });

  const REFUSED: Readonly<Record<string, readonly string[]>> = {
    "an account that has expired": ["leaver", "--expiredate=1970-01-02"],
    "an account with a nologin shell": ["service", "--shell=/usr/sbin/nologin"],
    "an account whose home cannot be made": ["nowhere", "--home-dir=/proc/nowhere"],
  };

  test.each(Object.entries(REFUSED))(
    "%s gets none, and a sentence that names the causes",
    async (_, account) => {
      const [user = "", ...options] = account;
      await addAccount(user, ...options);
      const client = await stage.connect();
      await client.result("write-credentials", { user, env: {} });
      const { data } = await client.error("start", { user });
      expect(data).toMatchObject({ code: "job-failed", jobResult: "done", state: { execMainStatus: 224 } });
      expect(data["hint"]).toMatch(/expired.*shell.*home/);
      await client.result("stop", { user });
    },
  );

  test("an account that expires after its start goes on, and gets no other", async () => {
    await addAccount("late", "--create-home");
    const client = await stage.connect();
    await start(client, "late");
    await sh("usermod --expiredate 1 late");
    expect(await client.result("status", { user: "late" })).toMatchObject({ activeState: "active" });
    await client.result("stop", { user: "late" });
    await client.result("write-credentials", { user: "late", env: {} });
    expect((await client.error("start", { user: "late" })).data).toMatchObject({ code: "job-failed" });
    // What the guide says: a locked password alone refuses nobody.
    await sh("usermod --expiredate '' --lock late");
    await start(client, "late");
    await client.result("stop", { user: "late" });
  });
});

describe("helperctl", () => {
  test.each(["check", "doctor"] as const)(
    "%s has nothing to say about these units, with homes yet to be made",
    async (program) => {
      expect(await findings(program)).toEqual([]);
    },
  );

  test("check says that Type=exec never ends where systemd is too old, and the drop-in lets it", async () => {
    await stage.testbed.write(`${DROPINS}/50-pam.conf`, "[Service]\nPAMName=hub-helper-server\n");
    await sh("systemctl daemon-reload");
    const { stdout } = await sh("systemctl --version");
    const isOld = Number(/^systemd (\d+)/.exec(stdout)?.[1]) < 256;
    const found = await findings("check");
    if (isOld) {
      expect(found).toMatchObject([{ code: "unit-pam-exec", severity: "error" }]);
      expect(found[0]?.text).toMatch(
        /PAMName= with Type=exec: its start never ends on systemd 252, .*write Type=simple/,
      );
      await sh(found[0]?.mend ?? "false");
      expect(await findings("check")).toEqual([]);
    } else expect(found).toEqual([]);
    const client = await stage.connect();
    await start(client, "newcomer");
    await client.result("stop", { user: "newcomer" });
  });
});
