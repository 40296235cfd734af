import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";

const stage = setStage();

/** Secrets of the machine that uid 0 could read without any capability. */
const SECRETS = [
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/shadow-",
  "/etc/gshadow-",
  "/etc/ssh/ssh_host_ed25519_key",
  "/etc/ssl/private/key.pem",
  "/etc/jupyterhub/cookie_secret",
  "/etc/sssd/sssd.conf",
  "/etc/sudoers",
  "/etc/credstore/secret",
  "/run/credstore/secret",
  "/root/secret",
  "/home/zoe/secret",
  "/srv/secret",
  "/boot/secret",
  "/var/log/secret",
  "/var/cache/secret",
  "/var/lib/secret",
  "/var/lib/jupyterhub/secret",
];
/** What name services read, and the units and the policy that the helper reads. */
const NEEDED = [
  "/etc/passwd",
  "/etc/group",
  "/etc/nsswitch.conf",
  "/var/lib/sss/mc/passwd",
  "/var/lib/extrausers/passwd",
  "/var/lib/misc/passwd.db",
  "/etc/hub-helper/policy.toml",
  "/etc/hub-helper/units",
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/lib/systemd/system/helper.service",
];
/** Where sssd, nslcd, nscd, winbind and userdb are asked; the bus and the journal. */
const SOCKETS = [
  "/var/lib/sss/pipes/nss",
  "/run/nslcd/socket",
  "/run/nscd/socket",
  "/run/samba/winbindd/pipe",
  "/run/systemd/userdb/org.example.Probe",
  "/run/dbus/system_bus_socket",
  "/run/systemd/journal/stdout",
];
const OURS = SOCKETS.slice(0, 5);

/** Closes each connection at once: PID 1 and glibc connect as well, and would wait for an answer. */
const LISTEN = `
import os, select, socket, sys
servers = []
for path in sys.argv[1:]:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    servers.append(socket.socket(socket.AF_UNIX))
    servers[-1].bind(path)
    servers[-1].listen(64)
print("listening", flush=True)
while True:
    for server in select.select(servers, [], [])[0]:
        server.accept()[0].close()
`;

const all = (paths: readonly string[], answer: string): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, answer]));

interface Report {
  readonly files: Readonly<Record<string, string>>;
  readonly sockets: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
  for (const path of [...SECRETS, ...NEEDED]) {
    const make = '[ -e "$1" ] || { mkdir -p "$2" && echo x >"$1" && chmod 0600 "$1"; }';
    await testbed.run(["sh", "-ec", make, "make", path, dirname(path)]);
  }
  await testbed.write(
    "/etc/hub-helper/probe.json",
    JSON.stringify({ files: [...SECRETS, ...NEEDED], sockets: SOCKETS }),
  );
  const listener = testbed.spawn(["python3", "-c", LISTEN, ...OURS]);
  const lines = createInterface({ input: listener.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("listening");
});

describe.each([
  { unit: "helper.service", program: "helper.mjs", instance: "helper.service" },
  {
    unit: "jupyterhub-unitgenerator@.service",
    program: "unit-generator.mjs",
    instance: "jupyterhub-unitgenerator@zoe.service",
  },
])("in the sandbox of $unit", ({ unit, program, instance }) => {
  let report: Report;
  beforeAll(async () => {
    const { testbed } = stage;
    await testbed.copyIn(
      join(import.meta.dirname, "programs/reach-probe.mjs"),
      `/usr/lib/hub-helper/${program}`,
    );
    await testbed.write(`/run/systemd/system/${unit}.d/probe.conf`, "[Service]\nType=oneshot\n");
    await testbed.run(["systemctl", "daemon-reload"]);
    await testbed.run(["systemctl", "start", instance]);
    for await (const entry of testbed.followJournal({ unit: instance, match: ["_TRANSPORT=stdout"] })) {
      const message = entry["MESSAGE"] ?? "";
      if (!message.startsWith("{")) continue;
      report = JSON.parse(message) as Report;
      break;
    }
  });

  test("uid 0 reads no secret of the machine", () => {
    const hidden = SECRETS.map((path) => [path, report.files[path]]);
    expect(hidden.filter(([, answer]) => answer !== "EACCES" && answer !== "ENOENT")).toEqual([]);
  });

  test("the name services, the bus and the journal can be reached, and units and policy read", () => {
    expect(report.files).toMatchObject(all(NEEDED, "done"));
    expect(report.sockets).toEqual(all(SOCKETS, "done"));
  });

  test("nothing is swapped out, and the processors come to it before others", async () => {
    expect(await stage.property(instance, "MemorySwapMax")).toBe("0");
    expect(Number(await stage.property(instance, "CPUWeight"))).toBeGreaterThan(100);
  });
});
