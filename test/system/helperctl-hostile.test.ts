import { beforeAll, describe, expect, test } from "@jest/globals";
import { ACTED_ON, HOSTILE } from "../helperctl/support.ts";
import { HUB, setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  policy: `
[[allow]]
name = "by-hand"
peer = { user = "root" }
methods = ["start", "stop", "reset-failed"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`,
});

const MEGABYTE = 1_048_576;

/** Says everything that a notebook user can say, to the journal and to systemd, and then fails or stays. */
const SERVER = `#!/usr/bin/python3 -B
import os, signal, socket, sys
hostile = ${JSON.stringify(HOSTILE)}
text = hostile.encode("utf-8", "surrogatepass")
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.sendto(b"READY=1\\nSTATUS=" + text.replace(b"\\n", b" "), os.environ["NOTIFY_SOCKET"])
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
journal.connect("/run/systemd/journal/socket")
def log(message, identifier):
    fields = [(b"MESSAGE", message), (b"SYSLOG_IDENTIFIER", identifier), (b"PRIORITY", b"3")]
    journal.send(b"".join(name + b"\\n" + len(value).to_bytes(8, "little") + value + b"\\n" for name, value in fields))
log(text, text)
log(text * (150_000 // len(text)), b"systemd")
sys.stdout.buffer.write(text + b"x" * ${MEGABYTE} + text + b"\\n")
sys.stdout.flush()
sys.exit(7) if sys.argv[1] == "fail" else signal.pause()
`;

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.write("/opt/hostile-server", SERVER, { mode: "755" });
  // A description holds what a unit file can: no newline, and all the rest.
  const unit = [`Description=${HOSTILE.replaceAll(/[\n\r\u2028]/g, " ")}`];
  const notify = ["Type=notify", "NotifyAccess=all"];
  await writeUnit(testbed, "zoe", [...notify, "ExecStart=/opt/hostile-server stay"], unit);
  await writeUnit(
    testbed,
    "wash",
    [...notify, "ExecStart=/opt/hostile-server fail", "ExecStartPost=/bin/sleep 1"],
    unit,
  );
  await testbed.write(
    "/root/hostile.toml",
    `version = 1\n"x\\u001b[2J\\n\\u202e" = 1\n# ${HOSTILE}\n${HOSTILE}\n`,
  );
  await testbed.write("/root/hostile-sudoers", `${HOSTILE} ALL=(zoe) NOPASSWD: /usr/bin/sudospawner\n`);
  const hub = await stage.connect(HUB);
  await hub.result("start", { user: "zoe" });
  // Refused, and recorded as they came.
  for (const user of [HOSTILE, HOSTILE.repeat(1000)]) await hub.error("start", { user, server: HOSTILE });
  await hub.error("start", { user: "mallory", template: HOSTILE });
});

const HOSTILE_ARGUMENT = HOSTILE.replaceAll("'", "");

/** Every command that prints something of others. */
const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ["status"],
  ["list"],
  ["list", "--user", HOSTILE_ARGUMENT],
  ["show", "zoe"],
  ["show", "wash"],
  ["show", HOSTILE_ARGUMENT, HOSTILE_ARGUMENT],
  ["start", "wash"],
  ["start", HOSTILE_ARGUMENT],
  ["stop", "wash", HOSTILE_ARGUMENT],
  ["reset-failed", "wash"],
  ["explain", "start", HOSTILE_ARGUMENT, "--as", "jupyter"],
  ["explain", "start", "zoe", "--as", HOSTILE_ARGUMENT],
  ["explain", HOSTILE_ARGUMENT, "zoe", "--as", "jupyter"],
  ["who-can", "start", "zoe", HOSTILE_ARGUMENT],
  ["check"],
  ["check", "/root/hostile.toml"],
  ["check", HOSTILE_ARGUMENT],
  ["log"],
  ["log", "--denied"],
  ["log", "--since", HOSTILE_ARGUMENT],
  ["doctor"],
  ["policy-from-sudoers", "/root/hostile-sudoers"],
  ["help", HOSTILE_ARGUMENT],
  ["completion", HOSTILE_ARGUMENT],
  [HOSTILE_ARGUMENT],
  ["list", `--${HOSTILE_ARGUMENT}`],
];

/** Our own colours and nothing else: bold, dim, red, green, yellow, and the ends of them. */
const OURS = /\u001b\[(?:0|1|2|22|31|32|33|39)m/g;
const LONGEST = 200_000;

const shown = (args: readonly string[]): string => JSON.stringify(args).slice(0, 60);

describe("nothing that others said moves a cursor, colours or forges a line", () => {
  test.each(COMMANDS.map((args) => [shown(args), args] as const))("in a pipe: %s", async (_name, args) => {
    const { stdout, stderr } = await stage.testbed.run(["helperctl", ...args], { check: false });
    const text = stdout + stderr;
    expect(text).not.toBe("");
    expect(text).not.toMatch(ACTED_ON);
    expect(text.length).toBeLessThan(LONGEST);
  });

  test.each(COMMANDS.map((args) => [shown(args), args] as const))(
    "on a terminal: %s",
    async (_name, args) => {
      const line = `stty cols 80 rows 24; exec helperctl ${args.map((word) => `'${word}'`).join(" ")}`;
      const { stdout } = await stage.testbed.run(
        ["script", "--quiet", "--return", "--command", line, "/dev/null"],
        {
          check: false,
          env: { TERM: "xterm-256color", SHELL: "/bin/sh" },
        },
      );
      // A progress line of our own is begun and cleared in place.
      const text = stdout
        .replaceAll("\r\n", "\n")
        .replaceAll(/\r|\u001b\[K|\u001b\[2K/g, "")
        .replaceAll(OURS, "");
      expect(text).not.toBe("");
      expect(text).not.toMatch(ACTED_ON);
      expect(text.length).toBeLessThan(LONGEST);
    },
  );

  test.each([["status"], ["list"], ["show", "zoe"], ["log"], ["doctor"], ["check"]])(
    "as JSON: %s %s",
    async (...args) => {
      const words = args.filter((word) => typeof word === "string");
      const { stdout } = await stage.testbed.run(["helperctl", ...words, "--json"], { check: false });
      expect(stdout).not.toBe("");
      expect(stdout).not.toMatch(ACTED_ON);
    },
  );

  test.each([
    ["show", "zoe"],
    ["log", "--denied"],
  ])("and what they said is shown all the same, in %s %s", async (...args) => {
    const { stdout } = await stage.testbed.run(["helperctl", ...args], { check: false });
    expect(stdout).toMatch(/\\u(?:\{1b\}|001b)\[31mred/);
  });

  test("in watch", async () => {
    const { stdout } = await stage.testbed.run(["timeout", "--signal=INT", "2", "helperctl", "watch"], {
      check: false,
    });
    expect(stdout).toMatch(/^\S+\tzoe\t/m);
    expect(stdout.replaceAll("\t", "")).not.toMatch(ACTED_ON);
    for (const line of stdout.trimEnd().split("\n")) expect(line.split("\t")).toHaveLength(5);
  });
});
