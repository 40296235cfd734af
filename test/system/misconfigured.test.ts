import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { DoctorReport } from "../../src/helperctl/commands/doctor.ts";
import type { Finding } from "../../src/helperctl/finding.ts";
import type { Testbed } from "../../testbed/index.ts";
import { bootScene } from "./documented/scene.ts";

jest.setTimeout(120_000);

let testbed: Testbed;

beforeAll(async () => {
  testbed = await bootScene();
  await shell("mkdir /root/whole && cp -a /etc/systemd/system /etc/hub-helper /root/whole");
});

// A row that fails leaves its fault behind, and must not fail the others.
afterEach(async () => {
  await shell(`rm -rf /etc/systemd/system /etc/hub-helper /etc/sudoers.d/* /etc/polkit-1/rules.d/50-*
    cp -a /root/whole/system /etc/systemd && cp -a /root/whole/hub-helper /etc && systemctl daemon-reload
    chmod 0755 /run/hub-helper; chmod go-w /usr/lib/hub-helper/*; gpasswd --delete jupyter sudo
    rm -rf /run/hub-helper/sets /run/hub-helper/credentials; systemd-tmpfiles --create hub-helper.conf
    systemctl restart helper.socket; systemctl start hub.service`);
});

afterAll(async () => {
  await testbed.shutdown();
});

const shell = (line: string): Promise<unknown> => testbed.run(["sh", "-c", line]);

async function findings(): Promise<Finding[]> {
  const { stdout } = await testbed.run(["helperctl", "doctor", "--json"], { check: false });
  return (JSON.parse(stdout) as DoctorReport).checks.flatMap((check) => check.findings);
}

/** What an installation that is as the README makes it is told of: things that its machine lacks. */
const grave = (found: readonly Finding[]): Finding[] => found.filter(({ severity }) => severity !== "note");

const ZOE = "jupyterhub-singleuser-zoe.service";
const POLICY = "/etc/hub-helper/policy.toml";

interface Row {
  readonly what: string;
  readonly breakIt: string;
  readonly code: string;
  /** A part of the sentence, the place or the unit, that says what exactly is wrong. */
  readonly names: string;
  /** What else is then told of, because it follows. */
  readonly follows?: readonly string[];
  /** What an admin does beside what mends it. */
  readonly thenAlso?: string;
}

const ROWS: readonly Row[] = [
  {
    what: "the group of the socket",
    breakIt: "chgrp root /run/hub-helper/helper.sock",
    code: "socket-access",
    names: "hub-helper",
  },
  {
    what: "a socket that everybody may connect to, by a drop-in",
    breakIt:
      "mkdir -p /etc/systemd/system/helper.socket.d && printf '[Socket]\\nSocketMode=0666\\n' >/etc/systemd/system/helper.socket.d/open.conf && systemctl daemon-reload && systemctl restart helper.socket",
    code: "socket-settings",
    names: "/etc/systemd/system/helper.socket.d/open.conf",
  },
  {
    what: "the mode of the policy",
    breakIt: `chmod 0666 ${POLICY}`,
    code: "policy-file",
    names: POLICY,
  },
  {
    what: "the group of a rule",
    // That the peer's group is not there keeps the policy from loading; making it leaves a rule for nobody.
    breakIt: `sed -i 's/peer = { group = "adm" }/peer = { group = "admins" }/' ${POLICY}`,
    code: "policy-broken",
    names: "admins",
    thenAlso: `usermod --append --groups admins ada && systemctl try-reload-or-restart helper`,
  },
  {
    what: "a unit file that is missing",
    breakIt: `rm /etc/systemd/system/${ZOE}`,
    code: "unit-missing",
    names: "zoe",
  },
  {
    what: "a unit without User=",
    breakIt: `sed -i /^User=/d /etc/systemd/system/${ZOE} && systemctl daemon-reload`,
    code: "unit-user",
    names: ZOE,
  },
  {
    what: "a unit with Type=simple",
    breakIt: `sed -i s/^Type=exec/Type=simple/ /etc/systemd/system/${ZOE} && systemctl daemon-reload`,
    code: "unit-type",
    names: ZOE,
  },
  {
    what: "a sudoers file that is left over",
    breakIt: "install -m 0440 /root/sudoers.d/jupyterhub /etc/sudoers.d/jupyterhub",
    code: "sudoers-left-over",
    names: "/etc/sudoers.d/jupyterhub",
  },
  {
    what: "a hub that may gain privileges",
    breakIt:
      "mkdir -p /etc/systemd/system/hub.service.d && printf '[Service]\\nNoNewPrivileges=no\\nSystemCallFilter=\\nSystemCallArchitectures=\\nRestrictAddressFamilies=\\nLockPersonality=no\\nRestrictRealtime=no\\nRestrictSUIDSGID=no\\nRestrictNamespaces=no\\nPrivateDevices=no\\nProtectClock=no\\nProtectKernelLogs=no\\nProtectKernelModules=no\\nProtectKernelTunables=no\\nProtectHostname=no\\n' >/etc/systemd/system/hub.service.d/10-old.conf && systemctl daemon-reload",
    code: "hub-may-gain-privileges",
    names: "hub.service",
  },
  {
    what: "a staging tree that belongs to the hub",
    breakIt: "chown jupyter /run/hub-helper/credentials",
    code: "staging-untrusted",
    names: "/run/hub-helper/credentials",
  },
  {
    what: "a socket that is not enabled",
    breakIt: "systemctl disable --now helper.socket",
    code: "socket-not-enabled",
    names: "helper.socket",
  },
  {
    what: "a hub that may not connect",
    breakIt: "sed -i /^SupplementaryGroups=/d /etc/systemd/system/hub.service && systemctl daemon-reload",
    code: "hub-cannot-connect",
    names: "hub.service",
  },
  {
    what: "a hub in the group sudo",
    breakIt: "usermod --append --groups sudo jupyter",
    code: "hub-in-powerful-group",
    names: "sudo",
  },
  {
    what: "a policy that is not in force",
    breakIt: `helperctl status >/dev/null && sed -i '$a # a change' ${POLICY}`,
    code: "policy-not-in-force",
    names: "older policy",
  },
  {
    what: "a helper with a weaker sandbox",
    breakIt:
      "mkdir -p /etc/systemd/system/helper.service.d && printf '[Service]\\nProtectHome=no\\nPrivateNetwork=no\\nCapabilityBoundingSet=~\\nSystemCallFilter=\\n' >/etc/systemd/system/helper.service.d/weak.conf && systemctl daemon-reload",
    code: "sandbox-weak",
    names: "/etc/systemd/system/helper.service.d/weak.conf",
  },
  {
    what: "a log that journald may cut",
    breakIt:
      "mkdir -p /etc/systemd/system/helper.service.d && printf '[Service]\\nLogRateLimitIntervalSec=30s\\n' >/etc/systemd/system/helper.service.d/log.conf && systemctl daemon-reload",
    code: "log-rate-limited",
    names: "/etc/systemd/system/helper.service.d/log.conf",
  },
  {
    what: "a directory of the socket's that others may write",
    breakIt: "chmod 0777 /run/hub-helper",
    code: "run-directory-untrusted",
    names: "/run/hub-helper",
    follows: ["check-failed"],
  },
  {
    what: "a staging directory that leads elsewhere",
    breakIt: "mv /run/hub-helper/sets /run/elsewhere && ln -s /run/elsewhere /run/hub-helper/sets",
    code: "staging-untrusted",
    names: "/run/hub-helper/sets",
  },
  {
    what: "a program of root's that others may write",
    breakIt: "chmod o+w /usr/lib/hub-helper/helper.mjs",
    code: "installed-file-untrusted",
    names: "/usr/lib/hub-helper/helper.mjs",
  },
  {
    what: "a masked socket",
    breakIt: "systemctl disable --now helper.socket; systemctl mask helper.socket",
    code: "helper-unit-masked",
    names: "helper.socket",
  },
  {
    what: "a rule of polkit's that is left over",
    breakIt:
      'mkdir -p /etc/polkit-1/rules.d && echo \'polkit.addRule(function(a, s) { if (a.id == "org.freedesktop.systemd1.manage-units" && s.user == "jupyter") return polkit.Result.YES; });\' >/etc/polkit-1/rules.d/50-jupyterhub.rules',
    code: "polkit-left-over",
    names: "50-jupyterhub.rules",
  },
];

test("an installation as the README makes it has nothing wrong with it", async () => {
  expect(grave(await findings())).toEqual([]);
});

describe("doctor", () => {
  test.each(ROWS.map((row) => [row.what, row] as const))(
    "names %s, and the command beside it mends it",
    async (_what, { breakIt, code, names, follows = [], thenAlso = "true" }) => {
      await shell(breakIt);
      const found = grave(await findings());
      const finding = found.find((each) => each.code === code);
      expect({ found, finding }).toEqual({
        found,
        finding: expect.objectContaining({ mend: expect.any(String) }),
      });
      expect(JSON.stringify(finding)).toContain(names);
      expect(found.filter((each) => each.code !== code && !follows.includes(each.code))).toEqual([]);
      // As an admin pastes it.
      await shell(finding?.mend ?? "");
      await shell(thenAlso);
      expect(grave(await findings())).toEqual([]);
    },
  );
});

test("a bus that cannot be reached is told of once, and what needs no bus is looked at all the same", async () => {
  await shell("chgrp root /run/hub-helper/helper.sock; mv /run/dbus/system_bus_socket /run/dbus/away");
  try {
    const found = grave(await findings());
    expect(found.map(({ code }) => code)).toEqual(["bus-unreachable"]);
  } finally {
    await shell("mv /run/dbus/away /run/dbus/system_bus_socket; systemctl restart helper.socket");
  }
});

test("an ordinary account is told what it cannot see", async () => {
  const { stdout } = await testbed.run(["helperctl", "doctor"], { user: "ada", check: false });
  expect(stdout).toMatch(/^left out +what is left of the sudo way$/m);
  expect(stdout).toMatch(/what was left out, root can see\n$/);
});
