import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { childrenOf } from "../../testbed/leader.ts";
import { CommandFailed, copyProject, Testbed } from "../../testbed/index.ts";
import { PROJECT } from "./world.ts";
import { stateRemoved, tracesOf } from "./traces.ts";

const BOOT_TIMEOUT_MS = 120_000;

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError("No pipe.");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return line;
}

async function bundle(program: string): Promise<string> {
  const outfile = join(scratch, `${basename(program, ".ts")}.mjs`);
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
  });
  return outfile;
}

let scratch: string;
beforeAll(() => {
  // Where a program of ours finds the recipes of the images.
  scratch = mkdtempSync(join(PROJECT, "node_modules/.testbed-test-"));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe("a booted testbed", () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await Testbed.boot();
    await testbed.addGroup("artists");
    await testbed.addUser("alice", { uid: 4711, groups: ["artists"] });
  }, BOOT_TIMEOUT_MS);
  afterAll(async () => {
    await testbed.shutdown();
  });

  test("has no failed unit, a host name of its own, the bus and polkit", async () => {
    expect(await testbed.failedUnits()).toEqual([]);
    expect((await testbed.run(["hostname"])).stdout.trim()).toBe(testbed.name);
    const { stdout } = await testbed.run(["systemctl", "is-active", "dbus", "polkit", "systemd-journald"]);
    expect(stdout).toBe("active\nactive\nactive\n");
  });

  test("sees none of the files of the machine that it runs on", async () => {
    const outside = mkdtempSync("/var/tmp/outside-");
    try {
      expect(await testbed.exists(outside)).toBe(false);
      for (const place of ["/opt", "/srv", "/home"]) {
        const { stdout } = await testbed.run(["ls", "-A", place]);
        expect([place, stdout.replace(/^alice\n/, "")]).toEqual([place, ""]);
      }
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test("reaches no network but its own loopback", async () => {
    const devices = (await testbed.read("/proc/net/dev")).split("\n").slice(2).filter(Boolean);
    expect(devices.map((line) => line.split(":")[0]?.trim())).toEqual(["lo"]);
  });

  test("runs a command as root and gives status, output and input", async () => {
    const script = "id -u; cat; echo bad >&2; exit 7";
    const result = await testbed.run(["sh", "-c", script], { input: "good\n", check: false });
    expect(result).toEqual({ status: 7, signal: null, stdout: "0\ngood\n", stderr: "bad\n" });
  });

  test("throws for a status that is not 0, with the words of the command", async () => {
    const failing = testbed.run(["sh", "-c", "echo no luck >&2; exit 3"]);
    await expect(failing).rejects.toThrow(CommandFailed);
    await expect(failing).rejects.toThrow("no luck");
  });

  test("tells the signal that ended a command", async () => {
    const result = await testbed.run(["sh", "-c", "kill -USR1 $$"], { check: false });
    expect(result).toMatchObject({ status: null, signal: "SIGUSR1" });
  });

  test("kills a command whose time is up, on the inside too", async () => {
    await expect(testbed.run(["sleep", "4242"], { timeoutMs: 300 })).rejects.toThrow("not done after 300 ms");
    const search = await testbed.run(["sh", "-c", "cat /proc/[0-9]*/cmdline | grep -ac 424[2]"], {
      check: false,
    });
    expect(search.stdout).toBe("0\n");
  });

  test("runs a command as an account with its groups, no capability and a clean environment", async () => {
    const script = "id -u; id -Gn; grep CapEff /proc/self/status; env";
    const { stdout } = await testbed.run(["sh", "-c", script], {
      user: "alice",
      env: { COLOUR: "red" },
      cwd: "/opt",
    });
    const [uid, groups, capabilities, ...environment] = stdout.trim().split("\n");
    expect([uid, groups, capabilities]).toEqual(["4711", "alice artists", "CapEff:\t0000000000000000"]);
    expect(environment.filter((line) => !line.startsWith("TERM=")).sort()).toEqual([
      "COLOUR=red",
      "HOME=/home/alice",
      "LANG=C.UTF-8",
      "LOGNAME=alice",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "PWD=/opt",
      "SHELL=/bin/bash",
      "USER=alice",
    ]);
  });

  test("puts what it runs into a unit that PID 1 can name, and stays healthy", async () => {
    const ask =
      "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager GetUnitByPID u $$";
    const { stdout } = await testbed.run(["sh", "-c", ask], { user: "alice" });
    expect(stdout).toContain("/unit/testbed_2eservice");
    expect((await testbed.run(["systemctl", "is-system-running"])).stdout).toBe("running\n");
  });

  test("hands a signal to a spawned command and not to what waits for it", async () => {
    const child = testbed.spawn(["sh", "-c", "trap 'echo caught; exit 9' TERM; echo ready; read nothing"]);
    expect(await firstLine(child)).toBe("ready");
    const closed = once(child, "close");
    child.kill("SIGTERM");
    expect(await closed).toEqual([9, null]);
  });

  test("writes files with owner and mode, and makes their directories", async () => {
    await testbed.write("/etc/made/up/file", "secret", { mode: "640", owner: "root:artists" });
    const { stdout } = await testbed.run(["stat", "--format=%U:%G %a", "/etc/made/up/file"]);
    expect(stdout).toBe("root:artists 640\n");
    expect(await testbed.read("/etc/made/up/file")).toBe("secret");
    expect(await testbed.exists("/etc/made/up/other")).toBe(false);
  });

  test("copies files and directories to where everybody can read them", async () => {
    mkdirSync(join(scratch, "tree/deep"), { recursive: true, mode: 0o700 });
    writeFileSync(join(scratch, "tree/deep/tool"), "#!/bin/sh\necho works\n", { mode: 0o700 });
    symlinkSync("deep/tool", join(scratch, "tree/link"));
    await testbed.copyIn(join(scratch, "tree"), "/opt/copied");
    await testbed.copyIn(join(scratch, "tree/deep/tool"), "/opt/tool");
    expect((await testbed.run(["/opt/copied/link"], { user: "alice" })).stdout).toBe("works\n");
    expect((await testbed.run(["/opt/tool"], { user: "alice" })).stdout).toBe("works\n");
  });

  test("collects the journal by unit, time and field", async () => {
    await testbed.run(["systemd-run", "--wait", "--unit=greeting", "echo", "hello"]);
    const messages = (
      await testbed.journal({ unit: "greeting.service", match: ["SYSLOG_IDENTIFIER=echo"] })
    ).map((entry) => entry["MESSAGE"]);
    expect(messages).toEqual(["hello"]);
    expect(await testbed.journal({ unit: "greeting.service", since: new Date(Date.now() + 60_000) })).toEqual(
      [],
    );
  });

  test("follows the journal from the past into the future", async () => {
    await testbed.run(["systemd-cat", "--identifier=follow", "echo", "first"]);
    const seen: string[] = [];
    for await (const { MESSAGE = "" } of testbed.followJournal({ match: ["SYSLOG_IDENTIFIER=follow"] })) {
      seen.push(MESSAGE);
      if (seen.length === 2) break;
      await testbed.run(["systemd-cat", "--identifier=follow", "echo", "second"]);
    }
    expect(seen).toEqual(["first", "second"]);
  });

  test(
    "boots another one inside, where systemd owns the cgroups, with the command for developers",
    async () => {
      await testbed.copyIn(
        await bundle(join(import.meta.dirname, "../../testbed/cli.ts")),
        "/opt/testbed.mjs",
      );
      const script = "systemctl is-system-running; hostname; exit 5";
      const argv = ["node", "/opt/testbed.mjs", "run", "--own", "--", "sh", "-c", script];
      const { status, stdout } = await testbed.run(argv, { check: false });
      const [state, name = ""] = stdout.split("\n");
      expect([status, state]).toEqual([5, "running"]);
      expect(name).not.toBe(testbed.name);
      const leftovers = `find /sys/fs/cgroup /tmp /run/systemd/nspawn -name '${name}*'; grep ${name} /proc/self/mounts`;
      expect((await testbed.run(["sh", "-c", leftovers], { check: false })).stdout).toBe("");
    },
    BOOT_TIMEOUT_MS,
  );

  test(
    "runs the demo on its own files, and says so, where no images can be built",
    async () => {
      await copyProject(testbed, PROJECT);
      expect(await testbed.exists("/usr/bin/mmdebstrap")).toBe(false);
      const { stdout } = await testbed.run(["node", "/opt/hub-helper/dist/demo.mjs"], { timeoutMs: 100_000 });
      expect(stdout).toContain("this machine's own files, for there is no mmdebstrap");
      expect(stdout).toMatch(/All \d+ steps held/);
      const refused = await testbed.run(["node", "/opt/hub-helper/dist/demo.mjs"], {
        user: "alice",
        check: false,
      });
      expect(refused).toMatchObject({ status: 77, stdout: "", stderr: expect.stringContaining("only root") });
    },
    BOOT_TIMEOUT_MS,
  );

  test("says so when the journal stays silent", async () => {
    const silence = testbed.followJournal({ unit: "no-such.service", timeoutMs: 300 });
    await expect(silence.next()).rejects.toThrow("300 ms");
  });
});

describe("the end of a testbed", () => {
  let owner: string;
  beforeAll(async () => {
    owner = await bundle(join(import.meta.dirname, "testbed-owner.ts"));
  });

  async function startOwner(): Promise<{ process: ChildProcess; name: string }> {
    const process_ = spawn(process.execPath, [owner], { stdio: ["ignore", "pipe", "inherit"] });
    return { process: process_, name: await firstLine(process_) };
  }

  test(
    "leaves no process, mount, cgroup or directory of two that ran side by side",
    async () => {
      const [one, two] = await Promise.all([Testbed.boot(), Testbed.boot()]);
      const identities = await Promise.all(
        [one, two].map(async (testbed) => testbed.read("/etc/machine-id")),
      );
      expect(identities[0]).not.toBe(identities[1]);
      one.spawn(["sleep", "infinity"]);
      expect(tracesOf(one.name)).not.toEqual([]);
      await one.shutdown();
      expect(tracesOf(one.name)).toEqual([]);
      expect((await two.run(["echo", "alive"])).stdout).toBe("alive\n");
      await two.shutdown();
      expect(tracesOf(two.name)).toEqual([]);
    },
    BOOT_TIMEOUT_MS,
  );

  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "comes by itself when %s ends the owner",
    async (signal) => {
      const { process, name } = await startOwner();
      process.kill(signal);
      await Promise.all([once(process, "exit"), stateRemoved(name)]);
      expect(tracesOf(name)).toEqual([]);
    },
    BOOT_TIMEOUT_MS,
  );

  test(
    "comes with the next boot when owner and warden were killed",
    async () => {
      const { process: victim, name } = await startOwner();
      const [warden] = childrenOf(victim.pid ?? 0);
      process.kill(warden ?? NaN, "SIGKILL");
      victim.kill("SIGKILL");
      await once(victim, "exit");
      expect(tracesOf(name)).not.toEqual([]);
      await (await Testbed.boot()).shutdown();
      expect(tracesOf(name)).toEqual([]);
    },
    BOOT_TIMEOUT_MS,
  );

  test("comes when the boot fails, with the words of the console", async () => {
    const lower = join(scratch, "empty");
    mkdirSync(lower);
    await expect(Testbed.boot({ lower })).rejects.toThrow(/root directory|os-release|OS tree/i);
  });
});
