import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";
import { PROJECT, writeUnit } from "./world.ts";

const stage = setStage();
const EXAMPLES = join(PROJECT, "systemd/examples");
const SOCKETS = join(EXAMPLES, "jupyterhub/unix-sockets");
const HARDENING = "jupyterhub-singleuser-.service.d/40-hardening.conf";
const UNITS = "/etc/systemd/system";
const DROPIN = `${UNITS}/${HARDENING}`;
const MOUNT = "run-hub\\x2dsockets.mount";

const sh = (script: string) => stage.testbed.run(["sh", "-c", script]);

/** What a notebook tries. It prints a line for each thing that worked. */
const ATTEMPTS = `
import ctypes, os, pwd, socket, stat, subprocess
libc = ctypes.CDLL(None, use_errno=True)
me = pwd.getpwuid(os.getuid()).pw_name

def works(argv):
    return subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

for top, _, names in os.walk("/run"):
    for path in (os.path.join(top, name) for name in names):
        if not stat.S_ISSOCK(os.lstat(path).st_mode): continue
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            with socket.socket(socket.AF_UNIX, kind) as one:
                try: one.connect(path)
                except OSError: continue
                print("connects to", path)
if works(["loginctl", "enable-linger", me]): print("has a user manager opened")
ring = ctypes.create_string_buffer(120)
# io_uring_setup is 425 on every architecture.
if libc.syscall(425, 1, ring) >= 0: print("has a ring")
CLONE_NEWUSER = 0x10000000
if os.fork() == 0:
    if libc.unshare(CLONE_NEWUSER) == 0: print("is root in a user namespace", flush=True)
    os._exit(0)
os.wait()
for directory in ("/run/lock", "/dev/shm", "/dev/mqueue"):
    try: open(directory + "/notebook", "w").close()
    except OSError: pass
for name, look in {
    "who": ["who"],
    "account": ["getent", "passwd", "mallory"],
    "host": ["getent", "hosts", "localhost"],
    "log": ["logger", "a line of the notebook's"],
    "credential": ["cat", os.path.join(os.environ["CREDENTIALS_DIRECTORY"], "name")],
}.items():
    if not works(look): print("lacks", name)
print("done", flush=True)
`;

/** What the program has printed in zoe's unit. */
async function attempts(): Promise<string[]> {
  await stage.testbed.write("/opt/attempts.py", ATTEMPTS);
  const unit = await writeUnit(stage.testbed, "zoe", [
    "Type=oneshot",
    "RemainAfterExit=yes",
    "StandardOutput=journal",
    "LoadCredential=name:/etc/hostname",
    "ExecStart=/usr/bin/python3 /opt/attempts.py",
  ]);
  await sh(`systemctl daemon-reload && systemctl start ${unit}`);
  const invocation = await stage.property(unit, "InvocationID");
  await sh("journalctl --sync");
  const { stdout } = await sh(`journalctl --output=cat _SYSTEMD_INVOCATION_ID=${invocation} _COMM=python3`);
  const lines = stdout.trim().split("\n");
  expect(lines).toContain("done");
  return lines.filter((line) => line !== "done");
}

/** Logging, and the names of accounts and hosts. */
const HARMLESS = /^connects to \/run\/systemd\/(?:journal|userdb|resolve)\//;

beforeEach(async () => {
  await stage.testbed.copyIn(join(EXAMPLES, HARDENING), DROPIN);
  await sh("systemctl unmask --runtime polkit.service && systemctl start polkit.service");
});

afterEach(async () => {
  await sh(`loginctl disable-linger zoe; systemctl stop user@$(id -u zoe).service
    systemctl stop jupyterhub-singleuser-zoe.service; rm -rf ${DROPIN}
    systemctl mask --runtime --now polkit.service`);
});

/** What the notebook has made outside of its own directories, and has left there. */
async function leftBehind(): Promise<string[]> {
  await sh("systemctl stop jupyterhub-singleuser-zoe.service");
  return (await sh("find /run /dev -name notebook -print -delete")).stdout.split("\n").filter(Boolean).sort();
}

describe("in the shipped sandbox", () => {
  test("a notebook connects to no socket of the system but for logs and names", async () => {
    const done = await attempts();
    expect(done.filter((line) => !HARMLESS.test(line))).toEqual([]);
    expect(done).toContain("connects to /run/systemd/journal/stdout");
    expect(await leftBehind()).toEqual([]);
  });

  test("a socket that is made again stays hidden from a notebook that runs", async () => {
    const unit = await writeUnit(stage.testbed, "zoe");
    await sh(`systemctl daemon-reload && systemctl start ${unit}`);
    // What an upgrade or a restart does to a socket: it is taken away and made again.
    const seen = await sh(`
      for path in /run/systemd/later /run/dbus/later; do
        python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $path
      done
      nsenter --target $(systemctl show --value --property=MainPID ${unit}) --mount ls -A /run/systemd /run/dbus 2>&1
      rm /run/systemd/later /run/dbus/later`);
    expect(seen.stdout).toContain("journal");
    expect(seen.stdout).not.toMatch(/later|system_bus_socket|notify/);
  });

  test("the lines of the drop-in are what keeps the notebook from it", async () => {
    await sh(
      `sed -i -E '/^(InaccessiblePaths|TemporaryFileSystem|BindReadOnlyPaths|ReadOnlyPaths|PrivateIPC|RestrictNamespaces|SystemCallFilter=~io_uring)/d' ${DROPIN}`,
    );
    expect(await attempts()).toEqual(
      expect.arrayContaining([
        "connects to /run/dbus/system_bus_socket",
        "connects to /run/systemd/notify",
        "has a user manager opened",
        "has a ring",
        "is root in a user namespace",
      ]),
    );
    expect(await leftBehind()).toEqual(expect.arrayContaining(["/dev/mqueue/notebook", "/dev/shm/notebook"]));
  });
});

describe("with servers on sockets", () => {
  const CONF = `${UNITS}/jupyterhub-singleuser-.service.d/50-socket.conf`;
  // Writes until no more goes in, or far more has than a socket needs.
  const FILLER = `dd if=/dev/zero of="$RUNTIME_DIRECTORY/fill" bs=1M count=64; exec sleep infinity`;

  afterEach(async () => {
    await sh(`systemctl stop 'jupyterhub-singleuser-*'; rm -f ${CONF}; systemctl stop '${MOUNT}'
      rm -f '${UNITS}/${MOUNT}'; systemctl daemon-reload`);
  });

  test("a server cannot fill /run, and another account's server starts still", async () => {
    await stage.testbed.copyIn(join(SOCKETS, "server.conf"), CONF);
    await stage.testbed.copyIn(join(SOCKETS, MOUNT), `${UNITS}/${MOUNT}`);
    const used = async (): Promise<number> => Number((await sh("df --output=used /run | tail -1")).stdout);
    const unit = await writeUnit(stage.testbed, "zoe");
    const ready = await writeUnit(stage.testbed, "wash");
    for (const [name, start] of [
      [unit, `/bin/sh -c '${FILLER}'`],
      [ready, "/bin/sleep infinity"],
    ]) {
      await stage.testbed.write(`${UNITS}/${name}.d/90.conf`, `[Service]\nExecStart=\nExecStart=${start}\n`);
    }
    const before = await used();
    await sh(`systemctl daemon-reload && systemctl start ${unit}
      until pgrep --uid zoe --exact sleep; do sleep 0.05; done`);
    expect((await used()) - before).toBeLessThan(1024);
    await sh(`rm /run/hub-sockets/jupyterhub/singleuser/zoe@/fill; systemctl start ${ready}`);
    expect(await stage.property(ready, "ActiveState")).toBe("active");
  });
});
