// Files of tests share machines: whatever one leaves behind must be gone before the next begins.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Testbed } from "../../testbed/index.ts";
import { prepareWorld } from "../support/kinds.ts";
import { SharedMachine } from "../support/shared-machine.ts";
import { PROJECT } from "./world.ts";

let machine: SharedMachine;
let testbed: Testbed;
beforeAll(async () => {
  testbed = await Testbed.boot();
  await prepareWorld(testbed, PROJECT);
  machine = await SharedMachine.remember(testbed);
});
afterAll(() => machine.discard());

const sh = async (script: string): Promise<string> =>
  (await testbed.run(["sh", "-c", script], { check: false })).stdout.trim();

/** Type, mode, owner and link of everything below some places. */
const list = (...places: string[]): string =>
  `find ${places.join(" ")} -printf '%M %U:%G %p %l\\n' 2>&1 | sort`;

/** Each leaves something behind; `look` prints what a test would see of it. */
const TRACES: Record<string, { readonly leave: string; readonly look: string }> = {
  "accounts and homes": {
    leave: "useradd -m kaylee; userdel -r wash; usermod -aG adm zoe; echo x >/home/zoe/x",
    look: `cat /etc/passwd /etc/group /etc/shadow; ${list("/home")}`,
  },
  "files that are new, changed, emptied, moved, and given away": {
    leave: `echo x >/opt/x; echo y >>/etc/login.defs; : >/etc/profile; mv /etc/issue /etc/issue.old; chmod 600 /etc/passwd;
      chown zoe /usr/lib/hub-helper; rm /usr/lib/hub-helper/koffi.node; ln -sfn /tmp /etc/skel/link`,
    look: `${list("/opt", "/etc", "/usr/lib/hub-helper")}; cat /etc/login.defs /etc/profile /etc/issue;
      sha256sum /usr/lib/hub-helper/*.node`,
  },
  "directories of the image that are gone, made again, or files now": {
    leave: "rm -rf /etc/pam.d /usr/share/zoneinfo /etc/security; mkdir /etc/pam.d; echo x >/etc/security",
    look: list("/etc/pam.d", "/etc/security", "/usr/share/zoneinfo"),
  },
  "units, their files, masks and drop-ins": {
    leave: `printf '[Service]\\nExecStart=/bin/sleep inf\\n' >/etc/systemd/system/left.service; systemctl enable --now helper.socket;
      mkdir -p /run/systemd/system/helper.service.d; printf '[Service]\\nRestart=no\\n' >/run/systemd/system/helper.service.d/x.conf;
      systemctl daemon-reload; systemctl start left.service; systemd-run --unit=transient sleep inf; systemctl mask --runtime ssh.service;
      systemd-run --wait --unit=fails false`,
    look: `systemctl list-units --all --plain --no-legend --type=service,socket,slice --state=active,failed | awk '{print $1, $3}';
      find /etc/systemd/system /run/systemd/system /run/systemd/transient -type f -o -type l | sort; systemctl show -p Restart helper.service`,
  },
  "what the helper keeps in /run, and files of others there and in /tmp": {
    leave: `mkdir -p /run/hub-helper/credentials/x; echo secret >/run/hub-helper/credentials/x/env; mkdir /run/gate; mkfifo /tmp/fifo;
      echo x >/dev/shm/x; mkdir -p /var/tmp/x`,
    look: `${list("/run/hub-helper", "/run/gate", "/tmp/fifo", "/dev/shm", "/var/tmp")}; ls /run`,
  },
  processes: {
    leave: "setsid sleep 4242 </dev/null >/dev/null 2>&1 &",
    look: "pgrep -a sleep | grep -c 424[2]",
  },
};

test.each(Object.entries(TRACES))(
  "a machine that is given back has nothing left of %s",
  async (_, { leave, look }) => {
    const before = await sh(look);
    await sh(leave);
    expect(await sh(look)).not.toBe(before);
    await machine.reset();
    expect(await sh(look)).toBe(before);
  },
);

test("a machine that is given back has an empty journal, and is in good order", async () => {
  await sh("logger one; journalctl --sync");
  await machine.reset();
  expect(await testbed.journal({ match: ["SYSLOG_IDENTIFIER=root"] })).toEqual([]);
  expect(await testbed.failedUnits()).toEqual([]);
  expect(await sh("systemctl is-system-running")).toBe("running");
  expect(existsSync(testbed.overlay.upper)).toBe(true);
});

test("a machine that has ended cannot be brought back, and says so", async () => {
  await sh("touch /opt/left");
  await testbed.shutdown();
  await expect(machine.reset()).rejects.toThrow();
});
