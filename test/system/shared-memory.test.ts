import { beforeAll, describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import { HUB, setStage } from "./stage.ts";
import { PROJECT } from "./world.ts";

// Another logind than the one that was booted would be left to others.
const stage = setStage({ alone: true });
const HARDENING = "jupyterhub-singleuser-.service.d/40-hardening.conf";
const DROPIN = `/etc/systemd/system/${HARDENING}`;
const LOGIND = "/etc/systemd/logind.conf.d/at-once.conf";

const sh = (script: string, user = "root") => stage.testbed.run(["sh", "-c", script], { user });

/** Shared memory of each kind: a file of /dev/shm, and a segment and a queue of System V's. Prints what is there at SIGUSR1. */
const PROGRAM = `
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
with open("/dev/shm/data", "w") as file: file.write("data")
segment = libc.shmget(0x5eed, 4096, 0o1600)
queue = libc.msgget(0x5eed, 0o1600)
def kept(*_):
    there = {
        "file": os.path.exists("/dev/shm/data"),
        "segment": libc.shmget(0x5eed, 4096, 0) == segment,
        "queue": libc.msgget(0x5eed, 0) == queue,
    }
    shm = os.statvfs("/dev/shm")
    with open("/tmp/kept.new", "w") as file:
        file.write(" ".join(name for name in there if there[name]) + "\\n")
        file.write(f"{shm.f_blocks * shm.f_frsize} {oct(os.stat('/dev/shm').st_mode)} {shm.f_flag & os.ST_NOSUID} {shm.f_flag & os.ST_NODEV}\\n")
    os.rename("/tmp/kept.new", "/tmp/kept")
signal.signal(signal.SIGUSR1, kept)
with open("/tmp/ready", "w"): pass
while True: signal.pause()
`;

beforeAll(async () => {
  await stage.testbed.write("/usr/local/bin/shared-memory.py", PROGRAM);
  await stage.server("kaylee", ["ExecStart=/usr/bin/python3 /usr/local/bin/shared-memory.py"]);
  // Otherwise logind waits ten seconds before it takes the last session for the end.
  await stage.testbed.write(LOGIND, "[Login]\nUserStopDelaySec=0\n");
  await sh("systemctl restart systemd-logind");
});

/** What a server still has of its shared memory once the last log-in session of its account has ended, and about /dev/shm. */
async function afterLogout(): Promise<{ kept: string[]; shm: string }> {
  const unit = "jupyterhub-singleuser-kaylee.service";
  const hub = await stage.connect(HUB);
  await sh("systemctl daemon-reload");
  await hub.result("start", { user: "kaylee" });
  const tmp = `/proc/${await stage.property(unit, "MainPID")}/root/tmp`;
  await sh(`until [ -e ${tmp}/ready ]; do sleep 0.02; done`);
  // A file of the account's outside of the unit shows when logind has removed what it removes.
  await sh("touch /dev/shm/of-kaylee", "kaylee");
  await sh("su --login kaylee --command 'loginctl show-user --property=Sessions kaylee'");
  await stage.gone("/dev/shm/of-kaylee");
  await sh(
    `systemctl kill --kill-whom=main --signal=USR1 ${unit}; until [ -e ${tmp}/kept ]; do sleep 0.02; done`,
  );
  const { stdout } = await sh(`cat ${tmp}/kept`);
  await hub.result("stop", { user: "kaylee" });
  const [kept = "", shm = ""] = stdout.split("\n");
  return { kept: kept.split(" ").filter(Boolean), shm };
}

describe("when the last log-in session of its account ends", () => {
  test("a server in the shipped sandbox keeps its shared memory, half the machine's in size", async () => {
    await stage.testbed.copyIn(join(PROJECT, "systemd/examples", HARDENING), DROPIN);
    const { stdout } = await sh("grep --only-matching '[0-9]*' /proc/meminfo | head -1");
    const { kept, shm } = await afterLogout();
    expect(kept).toEqual(["file", "segment", "queue"]);
    const [bytes, ...rest] = shm.split(" ");
    expect(rest).toEqual(["0o41777", "2", "4"]);
    const half = (Number(stdout) * 1024) / 2;
    expect(Math.abs(Number(bytes) - half)).toBeLessThan(half / 100);
  });

  test("without the two lines logind removes it under the server", async () => {
    await stage.testbed.copyIn(join(PROJECT, "systemd/examples", HARDENING), DROPIN);
    await sh(`sed -i '/^PrivateIPC=/d; /^TemporaryFileSystem=/d' ${DROPIN}`);
    expect((await afterLogout()).kept).toEqual([]);
  });
});
