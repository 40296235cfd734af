import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { installHelper } from "../../testbed/index.ts";
import { stagedAt } from "./staged.ts";
import { bootWorld, PROJECT, writeUnit } from "./world.ts";

let testbed: Testbed;
beforeAll(async () => {
  testbed = await bootWorld();
});
afterAll(() => testbed.shutdown());

const out = async (...argv: string[]) => (await testbed.run(argv)).stdout.trim();
const property = (unit: string, name: string) =>
  out("systemctl", "show", "--property", name, "--value", unit);
const status = async (...argv: string[]) => (await testbed.run(argv, { check: false })).status;

/** Connects as an account, sends a line, and prints what comes back: a line, or all if nothing is sent. */
const CALL = `
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect("/run/hub-helper/helper.sock")
s.sendall(sys.argv[1].encode())
print(s.makefile().readline())
`;
const call = (line: string, user = "root") =>
  testbed.run(["python3", "-c", CALL, line], { user, check: false });
const DESCRIBE = '{"jsonrpc":"2.0","id":1,"method":"describe"}\n';

describe("after scripts/install and systemctl enable --now helper.socket", () => {
  test("the first call starts the helper", async () => {
    expect(await property("helper.service", "ActiveState")).toBe("inactive");
    const { stdout } = await call(DESCRIBE, "jupyter");
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { name: "hub-helper", protocol: 1 } });
    expect(await property("helper.service", "ActiveState")).toBe("active");
  });

  test("only members of hub-helper reach the socket, and its directories are root's alone", async () => {
    const stat = "%U:%G %a";
    expect(await out("stat", "-c", stat, "/run/hub-helper/helper.sock")).toBe("root:hub-helper 660");
    expect(await out("stat", "-c", stat, "/run/hub-helper")).toBe("root:root 755");
    for (const room of ["credentials", "sets", "staging", "units"]) {
      expect(await out("stat", "-c", stat, `/run/hub-helper/${room}`)).toBe("root:root 700");
    }
    expect((await call(DESCRIBE, "mallory")).stderr).toContain("PermissionError");
  });

  test("helper.service scores at most 1.0 in systemd-analyze security", async () => {
    expect(await status("systemd-analyze", "security", "--threshold=10", "helper.service")).toBe(0);
  });

  test("man, bash, zsh and fish find what belongs to helperctl", async () => {
    expect(await out("man", "--pager=cat", "helperctl")).toContain("HELPERCTL(8)");
    expect(await out("zsh", "-fc", "print -l $^fpath/_helperctl(N)")).toBe(
      "/usr/share/zsh/vendor-completions/_helperctl",
    );
    expect(await out("fish", "-c", "complete -C 'helperctl who'")).toContain("who-can");
    const bash = ". /usr/share/bash-completion/completions/helperctl; complete -p helperctl";
    expect(await out("bash", "-c", bash)).toBe("complete -F _helperctl helperctl");
  });

  test("systemd-analyze verify has nothing to say about the units", async () => {
    const verified = await testbed.run(["systemd-analyze", "verify", "helper.socket", "helper.service"]);
    expect(verified).toMatchObject({ stdout: "", stderr: "" });
  });

  test("a helper that is killed 50 times answers the next call, and its socket stays", async () => {
    const crash = `for i in $(seq 50); do systemctl kill --signal=KILL helper.service; python3 -c "$1" "$2" >/dev/null 2>&1; done`;
    await testbed.run(["sh", "-c", crash, "crash", CALL, DESCRIBE]);
    expect(JSON.parse((await call(DESCRIBE)).stdout)).toMatchObject({ id: 1, result: { protocol: 1 } });
    expect(await property("helper.socket", "ActiveState")).toBe("active");
  });

  test("an upgrade replaces the helper and leaves policy, socket and running servers alone", async () => {
    await call(DESCRIBE);
    const server = await writeUnit(testbed, "zoe");
    await testbed.run(["systemctl", "start", server]);
    const look = async () => ({
      server: await property(server, "MainPID"),
      socket: await out("stat", "-c", "%i", "/run/hub-helper/helper.sock"),
      policy: await out("sha256sum", "/etc/hub-helper/policy.toml"),
    });
    const before = await look();
    const helper = await property("helper.service", "MainPID");
    await installHelper(testbed, PROJECT);
    expect(await look()).toEqual(before);
    expect(await property("helper.service", "MainPID")).not.toBe(helper);
    expect(JSON.parse((await call(DESCRIBE)).stdout)).toMatchObject({ result: { protocol: 1 } });
    await testbed.run(["systemctl", "stop", server]);
  });
});

describe("the sandbox of helper.service", () => {
  let report: Record<string, unknown>;
  beforeAll(async () => {
    await testbed.run(["systemctl", "stop", "helper.service"]);
    await testbed.run(["cp", "/usr/lib/hub-helper/helper.mjs", "/opt/helper.mjs"]);
    await testbed.copyIn(
      join(import.meta.dirname, "programs/sandbox-probe.mjs"),
      "/usr/lib/hub-helper/helper.mjs",
    );
    // The probe tells systemd nothing.
    await testbed.write("/run/systemd/system/helper.service.d/probe.conf", "[Service]\nType=exec\n");
    await testbed.run(["systemctl", "daemon-reload"]);
    report = JSON.parse((await call("")).stdout) as Record<string, unknown>;
  });
  afterAll(async () => {
    await testbed.run(["systemctl", "stop", "helper.service"]);
    await testbed.run(["mv", "/opt/helper.mjs", "/usr/lib/hub-helper/helper.mjs"]);
    await testbed.run(["rm", "/run/systemd/system/helper.service.d/probe.conf"]);
    await testbed.run(["systemctl", "daemon-reload"]);
  });

  test("executes nothing: not a program, not through the loader, not a file that it wrote itself", () => {
    expect(report["spawn"]).toBe("EACCES");
    expect(report["loader"]).not.toBe(0);
    expect(report["executes"]).toEqual({
      "/tmp": "EACCES",
      "/var/tmp": "EACCES",
      "/run/hub-helper": "EACCES",
    });
  });

  test("turns no data into code", () => {
    expect(report["evaluate"]).toBe("EvalError");
    expect(report["proto"]).toBe("ERR_PROTO_ACCESS");
    expect(report["writableCode"]).toBe(-1);
  });

  test("writes below /run/hub-helper alone, where a set of credentials can be moved into place", () => {
    expect(report["writes"]).toEqual({
      "/etc": "EROFS",
      "/run": "EROFS",
      "/usr": "EROFS",
      "/var/lib": "EROFS",
      "/dev/shm": "EACCES",
      "/run/hub-helper": "done",
    });
    expect(report["moveCredentials"]).toBe("done");
  });

  test("has no network and no home directories, and can use its own descriptors", () => {
    expect(report["internet"]).toBe(-1);
    expect(report["home"]).toBe("EACCES");
    expect(report["descriptors"]).toBe("done");
  });
});

describe("the example units", () => {
  const EXAMPLES = "/usr/share/doc/hub-helper/examples";
  const DEFAULT = String.raw`jupyterhub-singleuser-ann\x2dlee.service`;
  const NAMED = String.raw`jupyterhub-singleuser-ann\x2dlee@gpu\x2d1.service`;

  beforeAll(async () => {
    await testbed.addUser("ann-lee", { groups: ["jupyterhub"] });
    const entries = "numbered:x:2042:2042::/:/bin/sh\nbeyond:x:4294967295:2042::/:/bin/sh\n";
    await testbed.run(["sh", "-c", 'printf %s "$1" >>/etc/passwd', "add", entries]);
    const copy = `cp -r ${EXAMPLES}/jupyterhub-singleuser* ${EXAMPLES}/hub.service /etc/systemd/system/`;
    await testbed.run(["sh", "-c", copy]);
    await testbed.run([`${EXAMPLES}/add-user-units`, "ann-lee"]);
    const server = `#!/bin/sh\nprintf '%s|' "$(id -un)" "$PWD" "$JUPYTERHUB_API_TOKEN"\necho\nexec sleep infinity\n`;
    await testbed.write("/opt/jupyterhub/bin/jupyterhub-singleuser", server, { mode: "755" });
    await testbed.write("/opt/jupyterhub/bin/jupyterhub", "#!/bin/sh\nexec sleep infinity\n", {
      mode: "755",
    });
  });

  /** The first line that the program of a unit wrote. */
  async function firstWords(unit: string): Promise<string> {
    for await (const entry of testbed.followJournal({ unit, match: ["_TRANSPORT=stdout"] })) {
      return entry["MESSAGE"] ?? "";
    }
    return "";
  }

  test("pass systemd-analyze verify", async () => {
    const verified = await testbed.run(["systemd-analyze", "verify", "hub.service", DEFAULT, NAMED]);
    expect(verified).toMatchObject({ stdout: "", stderr: "" });
  });

  test.each([DEFAULT, NAMED])(
    "run a server as its user, with its credentials, hardening and slice: %s",
    async (unit) => {
      const token = String.raw`$(id) "quoted" \n `;
      await testbed.run(["install", "-d", "--mode=700", stagedAt(unit)]);
      await testbed.write(`${stagedAt(unit)}/env`, `JUPYTERHUB_API_TOKEN=${token}\n`, {
        mode: "600",
      });
      await testbed.run(["systemctl", "start", unit]);
      expect(await firstWords(unit)).toBe(`ann-lee|/home/ann-lee|${token}|`);
      expect(await property(unit, "Slice")).toBe(String.raw`jupyterhub-singleuser-ann\x2dlee.slice`);
      expect(await property(unit, "NoNewPrivileges")).toBe("yes");
      expect(await property(String.raw`jupyterhub-singleuser-ann\x2dlee.slice`, "TasksMax")).toBe("512");
      await testbed.run(["systemctl", "stop", unit]);
    },
  );

  test("run a hub that has no capability, cannot gain privileges, and reaches the helper's socket", async () => {
    await testbed.run(["systemctl", "start", "hub.service"]);
    const pid = await property("hub.service", "MainPID");
    const proc = await testbed.read(`/proc/${pid}/status`);
    expect(proc).toMatch(/^CapBnd:\t0+$/m);
    expect(proc).toMatch(/^NoNewPrivs:\t1$/m);
    const group = (await out("getent", "group", "hub-helper")).split(":")[2] ?? "";
    expect(/^Groups:\t(.*)$/m.exec(proc)?.[1]?.trim().split(" ")).toContain(group);
    await testbed.run(["systemctl", "stop", "hub.service"]);
  });

  test.each([
    ["root", "uid 0"],
    ["nobody-here", "there is no account"],
    ["a/b", "not a name"],
    ["nobody", "uid 65534"],
    ["beyond", "uid 4294967295"],
    // glibc takes a number for a uid: the entry that comes back is of another name.
    ["2042", "the account is called 'numbered'"],
  ])("are not made for %s", async (user, sentence) => {
    const { status, stderr } = await testbed.run([`${EXAMPLES}/add-user-units`, user], { check: false });
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
  });
});

describe("scripts/install run by root", () => {
  const MARK = "/run/ran";

  beforeAll(async () => {
    const program = `#!/bin/sh\ntouch ${MARK}\nexec /usr/bin/env -u PATH /bin/false\n`;
    await testbed.write("/opt/mallory/node", program, { mode: "755" });
    await testbed.run(["chown", "-R", "mallory", "/opt/mallory"]);
  });

  test.each([
    ["named with --node", "--node /opt/mallory/node"],
    ["in PATH", ""],
    ["in PATH, though another is named for the package", "--destdir /run/package --node /usr/bin/node"],
  ])("neither runs nor traces a Node that another account can change: %s", async (_, options) => {
    const install = `PATH=/opt/mallory:$PATH /opt/hub-helper/scripts/install ${options}`;
    const { status, stderr } = await testbed.run(["sh", "-c", install], { check: false });
    expect(stderr).toContain("does not belong to root");
    expect(status).toBe(1);
    expect(await testbed.exists(MARK)).toBe(false);
  });

  test("builds with the Node that it was given, and not with the one in PATH", async () => {
    const node = await out("sh", "-c", "readlink -e $(command -v node)");
    const install = `PATH=/opt/mallory:$PATH /opt/hub-helper/scripts/install --node ${node}`;
    expect(await status("sh", "-c", install)).toBe(0);
    expect(await testbed.exists(MARK)).toBe(false);
  });

  test("does not take a Node that loads a library that another account can change", async () => {
    const copy = `node=$(readlink -e "$(command -v node)"); mkdir -p /opt/loads /opt/mallory/lib
      install -m 755 "$node" /opt/loads/node; install -o mallory /lib/*-linux-gnu/libm.so.6 /opt/mallory/lib/
      LD_LIBRARY_PATH=/opt/mallory/lib /opt/hub-helper/scripts/install --node /opt/loads/node`;
    const { status, stderr } = await testbed.run(["sh", "-c", copy], { check: false });
    expect(stderr).toContain("root would run /opt/mallory/lib/libm.so.6");
    expect(status).toBe(1);
  });
});

// The last test: it takes away what the others use.
describe("scripts/uninstall", () => {
  test("takes the helper away and leaves servers running and the policy in place", async () => {
    const server = await writeUnit(testbed, "wash");
    await testbed.run(["systemctl", "start", server]);
    const pid = await property(server, "MainPID");
    await call(DESCRIBE);
    await testbed.run(["/opt/hub-helper/scripts/uninstall"]);
    expect(await property(server, "MainPID")).toBe(pid);
    expect(await property("helper.socket", "LoadState")).toBe("not-found");
    expect(await property("helper.service", "LoadState")).toBe("not-found");
    const left = await out(
      "find",
      "/usr",
      "/etc",
      "/var/lib",
      "-xdev",
      "-name",
      "*hub-helper*",
      "-o",
      "-name",
      "helper.so*",
      "-o",
      "-name",
      "*hubhelper*",
    );
    expect(left).toBe("/etc/hub-helper");
    await testbed.run(["/opt/hub-helper/scripts/uninstall", "--purge"]);
    expect(await testbed.exists("/etc/hub-helper")).toBe(false);
    expect(await testbed.exists("/run/hub-helper")).toBe(false);
    await testbed.run(["systemctl", "stop", server]);
  });
});
