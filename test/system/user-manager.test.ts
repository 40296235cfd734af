import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import { setStage } from "./stage.ts";
import { PROJECT } from "./world.ts";

const stage = setStage();
const HARDENING = "jupyterhub-singleuser-.service.d/40-hardening.conf";
const DROPIN = `/etc/systemd/system/${HARDENING}`;
const UNIT = "jupyterhub-singleuser-zoe.service";

const sh = (script: string) => stage.testbed.run(["sh", "-c", script]);

/**
 * What a notebook tries: its own user manager by its sockets, and the same sockets, a process and its memory through
 * /proc. Each line is one that got through.
 */
const DOORS = `
import ctypes, os, subprocess, sys
uid = os.getuid()
manager = f"/run/user/{uid}"
# Their numbers are easy to guess where /proc does not list them.
outside = sys.argv[1:]

def run(door, directory):
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": directory, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={directory}/bus"}
    done = subprocess.run(["systemd-run", "--user", "--quiet", "true"], env=environment, capture_output=True)
    if done.returncode == 0: print("through", door)

def reaches(door, path):
    try:
        os.listdir(path)
        print("through", door)
    except OSError: pass

libc = ctypes.CDLL(None, use_errno=True)
run("socket", manager)
reaches("directory", manager)
for pid in outside:
    run("proc-root", f"/proc/{pid}/root{manager}")
    reaches("proc-root-directory", f"/proc/{pid}/root/")
    reaches("proc-cwd", f"/proc/{pid}/cwd/")
    try:
        open(f"/proc/{pid}/mem", "r+b").close()
        print("through", "mem")
    except OSError: pass
    if libc.ptrace(0x4206, int(pid), None, None) == 0:
        print("through", "ptrace")
        libc.ptrace(17, int(pid), None, None)
for door, command in {
    "machine": ["systemctl", "--user", "--machine=zoe@.host", "show-environment"],
    "machinectl": ["machinectl", "shell", "zoe@.host", "/bin/true"],
    "system manager": ["systemd-run", "--quiet", "true"],
    "linger of another": ["loginctl", "enable-linger", "wash"],
    "at": ["sh", "-c", "echo true | at now"],
    "cron": ["sh", "-c", "echo '* * * * * true' | crontab -"],
}.items():
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode == 0: print("through", door)
    except FileNotFoundError: pass
print("done")
`;

/** The doors that are open to a program in zoe's unit. */
async function openDoors(): Promise<string[]> {
  const outside = await sh("pgrep --uid zoe");
  expect(outside.stdout).not.toBe("");
  await stage.testbed.write("/usr/local/bin/doors.py", DOORS);
  await stage.testbed.write(
    `/etc/systemd/system/${UNIT}`,
    `[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=zoe\nStandardOutput=journal\nExecStart=/usr/bin/python3 /usr/local/bin/doors.py ${outside.stdout.split("\n").join(" ")}\n`,
  );
  await sh(`systemctl daemon-reload && systemctl start ${UNIT}`);
  const invocation = await stage.property(UNIT, "InvocationID");
  await sh("journalctl --sync");
  const { stdout } = await sh(`journalctl --output=cat _SYSTEMD_INVOCATION_ID=${invocation}`);
  await sh(`systemctl stop ${UNIT}`);
  const lines = stdout.split("\n");
  expect(lines).toContain("done");
  return lines.filter((line) => line.startsWith("through ")).map((line) => line.slice("through ".length));
}

beforeEach(async () => {
  await stage.testbed.copyIn(join(PROJECT, "systemd/examples", HARDENING), DROPIN);
  await sh(`loginctl enable-linger zoe
    systemctl start user@$(id -u zoe).service
    until [ -S /run/user/$(id -u zoe)/systemd/private ]; do sleep 0.05; done`);
});

afterEach(async () => {
  await sh(`loginctl disable-linger zoe; systemctl stop user@$(id -u zoe).service; rm -rf ${DROPIN}`);
});

describe("with a user manager of the account's", () => {
  test("a notebook gets no process outside of its unit", async () => {
    expect(await openDoors()).toEqual([]);
  });

  test("without the two lines it gets one, by the sockets and by /proc", async () => {
    await sh(`sed -i '/^InaccessiblePaths=/d; /^PrivateUsers=/d' ${DROPIN}`);
    expect(new Set(await openDoors())).toEqual(
      new Set(["socket", "directory", "proc-root", "proc-root-directory", "proc-cwd", "mem", "ptrace"]),
    );
  });

  test("hidden sockets alone leave /proc", async () => {
    await sh(`sed -i '/^PrivateUsers=/d' ${DROPIN}`);
    expect(await openDoors()).toEqual(expect.arrayContaining(["proc-root", "ptrace"]));
  });
});
