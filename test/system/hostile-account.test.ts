import { describe, expect, test } from "@jest/globals";
import type { ShownServer } from "../../src/helperctl/show/shown.ts";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  policy: `[[allow]]
name = "by-hand"
peer = { user = "root" }
methods = ["start", "reset-failed"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`,
});

const sh = (script: string, user = "root") => stage.testbed.run(["sh", "-c", script], { user });

/** Root's command, to its end: one that waits for somebody is ended after a while, with 124. */
const helperctl = (...args: readonly string[]) =>
  stage.testbed.run(["timeout", "--signal=KILL", "40", "helperctl", ...args], { check: false });

/** Tells the kernel that its command line is a mapping of three gigabytes, for which it needs no privilege: prctl(2). */
const LONG_COMMAND = `
import ctypes, mmap, struct, time
SIZE = 3 << 30
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.sbrk.restype = ctypes.c_void_p
MAP_NORESERVE = 0x4000
start = libc.mmap(None, SIZE, mmap.PROT_READ, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
field = [0, 0] + open("/proc/self/stat").read().rsplit(")", 1)[1].split()
# As proc(5) numbers them.
code, data, brk, stack, env = field[25:27], field[44:46], field[46], field[27], field[49:51]
words = [*map(int, [*code, *data, brk]), libc.sbrk(0), int(stack), start, start + SIZE, *map(int, env)]
# struct prctl_mm_map, with no auxiliary vector and no program of its own.
layout = struct.pack("=11Q Q I i", *words, 0, 0, -1)
PR_SET_MM, PR_SET_MM_MAP = 35, 14
if libc.prctl(PR_SET_MM, PR_SET_MM_MAP, ctypes.c_char_p(layout), ctypes.c_ulong(len(layout)), 0) != 0:
    raise OSError(ctypes.get_errno(), "prctl")
print("ready", flush=True)
time.sleep(600)
`;

describe("doctor", () => {
  test("reads no command line of a process that cannot reach the helper", async () => {
    await stage.testbed.write("/opt/long-command.py", LONG_COMMAND);
    const child = stage.testbed.spawn(["python3", "/opt/long-command.py"], {
      user: "mallory",
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve, reject) => {
        child.stdout?.once("data", resolve);
        child.once("close", () => reject(new Error("prctl did not work")));
      });
      const { status, stdout } = await helperctl("doctor", "--json");
      expect(status).not.toBe(137);
      expect(stdout).not.toContain("check-failed");
    } finally {
      child.kill("SIGKILL");
    }
  });
});

test("a bus that root's environment names answers nothing in the place of systemd", async () => {
  // What a shell with sudo --preserve-env, or an account's own start-up files, may hand over.
  const bus = "/home/mallory/bus";
  const listen = `import socket; s = socket.socket(socket.AF_UNIX); s.bind("${bus}"); s.listen()
print("ready", flush=True)
while True: print("asked", s.accept()[0].recv(1), flush=True)`;
  const child = stage.testbed.spawn(["python3", "-c", listen], {
    user: "mallory",
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let said = "";
    const ready = new Promise((resolve) =>
      child.stdout?.on("data", (chunk) => resolve((said += String(chunk)))),
    );
    await ready;
    const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
    const command = ["timeout", "--signal=KILL", "40", "helperctl"];
    const { stdout } = await stage.testbed.run([...command, "doctor", "--json"], { env, check: false });
    expect(stdout).not.toContain("bus-unreachable");
    await stage.testbed.run([...command, "show", "zoe"], { env, check: false });
    expect(said).toBe("ready\n");
  } finally {
    child.kill("SIGKILL");
  }
});

const SAID = "Stopped by root, who wants your password.";
const NAMES = ["systemd", "systemd: Finished", "root[1]"];
const GATE = "/run/gate";

/** Says it under each of the names, with a pid of its choice, and goes on when the gate is there. */
const FORGER = `
import os, socket, time
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for name in ${JSON.stringify(NAMES)}:
    fields = ["MESSAGE=${SAID}", "SYSLOG_IDENTIFIER=" + name, "SYSLOG_PID=1", "_PID=1", "OBJECT_PID=1"]
    journal.sendto("\\n".join(fields).encode(), "/run/systemd/journal/socket")
while not os.path.exists("${GATE}"): time.sleep(0.05)
`;

describe("a line of a server's that reads like systemd's", () => {
  test.each([
    ["show", ""],
    ["a failed start", "; exit 3"],
  ])("has the pid of its process in %s", async (_, end) => {
    await stage.testbed.write("/opt/forger.py", FORGER);
    const forge = `ExecStartPre=/bin/sh -c 'python3 /opt/forger.py${end}'`;
    const unit = await writeUnit(stage.testbed, "zoe", [forge]);
    await sh(`rm -f ${GATE}; systemctl daemon-reload`);
    const starting = helperctl("start", "zoe");
    await sh(`until journalctl --sync; [ $(journalctl --quiet _SYSTEMD_UNIT=${unit} --grep='${SAID}' | wc -l) -ge 3 ]
      do sleep 0.1; done; touch ${GATE}`);
    const started = await starting;
    const { stdout } = end === "" ? await helperctl("show", "zoe") : { stdout: started.stderr };
    const shown = await helperctl("show", "zoe", "--json");
    await sh(`systemctl stop ${unit}; systemctl reset-failed; rm ${GATE}`);
    const forged = stdout.split("\n").filter((line) => line.includes(SAID));
    expect(forged).toHaveLength(NAMES.length);
    for (const line of forged) {
      expect(line).toMatch(/ (?:systemd|"systemd: Finished"|"root\[1\]")\[\d+\]: Stopped/);
      expect(line).not.toContain("[1]: Stopped");
    }
    expect(stdout).toMatch(/ systemd: (?:jupyterhub|Start|Failed|Control)/);
    const { journal } = JSON.parse(shown.stdout) as ShownServer;
    const isRight = (journal ?? []).map(({ message, pid }) => (pid === 1) === (message !== SAID));
    expect(isRight).not.toContain(false);
  });
});
