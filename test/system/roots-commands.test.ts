import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { committedFiles } from "../docs/markdown.ts";
import { setStage } from "./stage.ts";
import { Tmux } from "./tmux.ts";
import { PROJECT } from "./world.ts";

const stage = setStage();
const sh = (script: string) => stage.testbed.run(["sh", "-c", script]);

/** What becomes another account, or hands a terminal or a directory of one to root. */
const BECOMES =
  /\b(?:sudo (?:-|[A-Z_]+=)|runuser|setpriv|doas|pkexec|run0|machinectl (?:shell|login)|chroot --userspec|start-stop-daemon|systemd-run|newgrp|sg [a-z]|su (?:-|[a-z]+ -c))/;
/** Where an account other than root's can write. */
const WRITABLE = /\/var\/lib\/jupyterhub|\/srv\/jupyterhub|\/home\/|~[a-z]+\//;

const TEXTS =
  /^(?:README\.md|docs\/.*\.md|integrations\/jupyterhub\/README\.md|examples\/.*\.md|systemd\/examples\/README\.md)$/;
const SCRIPTS = /^(?:systemd\/(?:exec-with-credentials|examples\/.*)|scripts\/[^.]+)$/;
const MESSAGES = /^(?:src|integrations\/jupyterhub\/hubhelper_spawner)\/.*\.(?:ts|py)$/;

interface Line {
  readonly file: string;
  readonly text: string;
}

/** Lines of fenced blocks of a shell, continued ones joined, and what stands in backticks. */
function commandsOf(file: string, text: string): string[] {
  if (!file.endsWith(".md"))
    return text
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .filter((line) => !/^\s*(?:#|\/\/|\/?\*)/.test(line));
  const fences = [...text.matchAll(/^[ \t]*```sh\n([^]*?)^[ \t]*```$/gm)].map(([, body = ""]) => body);
  const inline = [...text.replace(/^[ \t]*```[^]*?^[ \t]*```$/gm, "").matchAll(/`([^`\n]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[a-z][\w.-]* [^=]/.test(code));
  return [
    ...fences
      .join("")
      .replace(/\\\n\s*/g, "")
      .split("\n"),
    ...inline,
  ];
}

const lines: readonly Line[] = committedFiles()
  .filter((file) => TEXTS.test(file) || SCRIPTS.test(file) || MESSAGES.test(file))
  .filter((file) => !file.endsWith(".conf") && !/\.(?:service|slice)$/.test(file))
  .flatMap((file) =>
    commandsOf(file, readFileSync(join(PROJECT, file), "utf8"))
      .map((text) => ({ file, text: text.trim() }))
      .filter(({ text }) => BECOMES.test(text) || (!MESSAGES.test(file) && WRITABLE.test(text))),
  );

const MAKE_CERTIFICATES = "/usr/share/doc/hub-helper/examples/jupyterhub/internal-ssl/make-certificates";

interface Command {
  readonly what: string;
  /** Parts of the lines that it is made of; a line with one of them is looked at. */
  readonly parts: readonly string[];
  /** What is typed; the line itself if not given. */
  readonly typed?: string;
  /** The accounts that it becomes. */
  readonly accounts: readonly string[];
  /** Shell lines before it. */
  readonly before?: string;
}

const NO_DATABASE = "rm -f /var/lib/jupyterhub/jupyterhub.sqlite";
const DATABASE = `${NO_DATABASE}; mkfifo -m 666 /var/lib/jupyterhub/jupyterhub.sqlite`;

/** Every line that is documented or shipped, and that becomes another account. */
const COMMANDS: readonly Command[] = [
  {
    what: "making the certificates",
    parts: [
      'as_account() { systemd-run --quiet --wait --collect --uid="$account" --property=UMask=0077 "$@"; }',
      "state=/var/lib/jupyterhub",
    ],
    typed: MAKE_CERTIFICATES,
    accounts: ["jupyter"],
  },
  {
    what: "copying the database",
    parts: ["systemd-run --quiet --wait --pipe --uid=rhea cat /srv/jupyterhub/jupyterhub.sqlite "],
    accounts: ["rhea", "jupyter"],
    before: NO_DATABASE,
  },
  {
    what: "copying the cookie secret",
    parts: ["systemd-run --quiet --wait --pipe --uid=rhea cat /srv/jupyterhub/jupyterhub_cookie_secret "],
    accounts: ["rhea"],
  },
  {
    what: "keeping a copy of the database",
    parts: ["systemd-run --quiet --wait --pipe --uid=jupyter cat /var/lib/jupyterhub/jupyterhub.sqlite "],
    accounts: ["jupyter"],
    before: DATABASE,
  },
  {
    what: "upgrading the database",
    parts: ["--unit=upgrade-db --uid=jupyter /opt/jupyterhub/bin/jupyterhub upgrade-db --config=/dev/null "],
    accounts: ["jupyter"],
  },
  {
    what: "the first call",
    parts: ["systemd-run --pipe --wait -p User=jupyter -p SupplementaryGroups=hub-helper python3 - "],
    accounts: ["jupyter"],
    before: `${DATABASE}; echo 'open("/var/lib/jupyterhub/jupyterhub.sqlite").read()' >/var/lib/jupyterhub/first-call.py`,
  },
];

/** Lines that hand nothing over, and why. */
const HARMLESS: Readonly<Record<string, string>> = {
  "install -d -o jupyter -g jupyter -m 700 /var/lib/jupyterhub": "its directory is root's",
  "useradd --system --shell /usr/sbin/nologin --home-dir /var/lib/jupyterhub jupyter": "makes nothing there",
  "rm -r /var/lib/jupyterhub/internal-ssl": "rm follows no link",
  "sudo -u": "named as what not to type",
  "/home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/* | /var/lib/* | /var/cache/* | /srv/* | /mnt/* | /media/* | /boot/*)":
    "a pattern, for what is refused",
  "systemd-run --user": "named as what the sandbox closes",
  'runuser: permuting(interpreter("c", ["--command", "--session-command"], "gGsuw")),':
    "the options of a program that units may run",
};

const commandOf = ({ text }: Line): Command | undefined =>
  COMMANDS.find(({ parts }) => parts.some((part) => text.includes(part)));

test("every line that becomes another account, or opens what one can write, is known here", () => {
  const unknown = lines.filter((line) => commandOf(line) === undefined && HARMLESS[line.text] === undefined);
  expect(unknown).toEqual([]);
  const seen = new Set(lines.map(commandOf));
  expect(COMMANDS.filter((command) => !seen.has(command))).toEqual([]);
});

/**
 * Looks at the accounts' processes while each of them waits at one of the account's files, which are FIFOs, and then
 * lets it go on; until root's command has ended.
 */
const WATCHER = `
import json, os, pwd, stat, sys, time
accounts = {pwd.getpwnam(name).pw_uid: name for name in sys.argv[1].split(",")}
paths = [os.path.join(top, name) for root in ("/srv/jupyterhub", "/var/lib/jupyterhub", "/run/gates")
         for top, _, names in os.walk(root) for name in names]
gates = [path for path in paths if stat.S_ISFIFO(os.stat(path).st_mode)]
seen = {}
def look():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            uid = os.stat(f"/proc/{pid}").st_uid
            command = open(f"/proc/{pid}/comm").read().strip()
            # systemd's own process, just before it becomes the program, has its name in brackets.
            if uid not in accounts or command.startswith("("): continue
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            fds = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            one = {"account": accounts[uid], "command": command,
                   "tty": int(fields[4]), "cwd": os.readlink(f"/proc/{pid}/cwd"), "fds": sorted(fds)}
            seen[json.dumps(one)] = one
        except (FileNotFoundError, ProcessLookupError): pass
waiting = {}
while not os.path.exists("/run/finished"):
    for gate in gates:
        try:
            if gate not in waiting: waiting[gate] = os.open(gate, os.O_WRONLY | os.O_NONBLOCK)
        except OSError: pass
    look()
    if {one["account"] for one in seen.values()} == set(accounts.values()):
        for fd in waiting.values():
            os.write(fd, b"what the account has\\n")
            os.close(fd)
        waiting = {}
    time.sleep(0.01)
print(json.dumps(list(seen.values())))
`;

interface Seen {
  readonly account: string;
  readonly command: string;
  readonly tty: number;
  readonly cwd: string;
  readonly fds: readonly string[];
}

/** What a descriptor may be: nothing, a pipe, the journal's socket, or the account's own file. */
const HARMLESS_FD =
  /^(?:\/dev\/null|pipe:\[\d+\]|socket:\[\d+\]|\/(?:srv|var\/lib)\/jupyterhub\/.*|\/run\/gates\/.*|\/opt\/jupyterhub\/bin\/jupyterhub)$/;

beforeAll(async () => {
  const state = "/var/lib/jupyterhub";
  const files = ["api", "client"].flatMap((part) => [
    `proxy-${part}/proxy-${part}.key`,
    `proxy-${part}/proxy-${part}.crt`,
    `proxy-${part}-ca_trust.crt`,
  ]);
  const startUp = [
    ".bashrc",
    ".profile",
    ".bash_profile",
    ".zshenv",
    "jupyterhub_config.py",
    "sitecustomize.py",
  ];
  await stage.testbed.write("/opt/jupyterhub/bin/jupyterhub", "#!/bin/sh\ncat /run/gates/program\n", {
    mode: "755",
  });
  await sh(`set -e
    usermod --home ${state} jupyter
    useradd --create-home --home-dir /srv/jupyterhub --shell /bin/bash rhea
    install -d -o jupyter -m 700 ${state}; install -d /run/gates /etc/jupyterhub /etc/jupyterhub/credentials
    mkfifo -m 644 /run/gates/program
    for file in ${files.join(" ")}; do mkdir -p $(dirname ${state}/internal-ssl/$file); mkfifo ${state}/internal-ssl/$file; done
    mkfifo /srv/jupyterhub/jupyterhub.sqlite /srv/jupyterhub/jupyterhub_cookie_secret
    chown -R jupyter ${state}; chown -R rhea /srv/jupyterhub
    for home in ${state} /srv/jupyterhub; do
      for file in ${startUp.join(" ")}; do echo 'touch /tmp/hostile' >$home/$file; done
    done`);
  await stage.testbed.write("/opt/watcher.py", WATCHER.replaceAll("\\\\n", "\\n"));
});

describe("a hostile account gets neither a descriptor nor the terminal of root's", () => {
  test.each(COMMANDS)("by $what", async ({ parts, typed, accounts, before = "" }) => {
    const [part = ""] = parts;
    const line = typed ?? lines.find(({ text }) => text.includes(part))?.text ?? "false";
    await sh(`rm -f /run/finished /tmp/hostile; ${before}`);
    await using terminal = await Tmux.open(stage.testbed);
    const watching = stage.testbed.run(["python3", "/opt/watcher.py", accounts.join(",")]);
    // Where an admin may stand: in a directory of the account's.
    await terminal.run("cd /var/lib/jupyterhub");
    await stage.testbed.write("/opt/typed", `${line}\n`);
    await terminal.run(". /opt/typed; touch /run/finished");
    const seen = JSON.parse((await watching).stdout) as Seen[];
    expect([...new Set(seen.map(({ account }) => account))].sort()).toEqual([...accounts].sort());
    for (const each of seen) {
      expect(each).toMatchObject({ tty: 0, cwd: "/" });
      expect(each.fds.filter((fd) => !HARMLESS_FD.test(fd))).toEqual([]);
    }
    expect(await stage.testbed.exists("/tmp/hostile")).toBe(false);
  });

  test("which the way before did hand over", async () => {
    await sh(`rm -f /run/finished; ${DATABASE}`);
    await using terminal = await Tmux.open(stage.testbed);
    const watching = stage.testbed.run(["python3", "/opt/watcher.py", "jupyter"]);
    await terminal.run(
      "cd /var/lib/jupyterhub; runuser -u jupyter -- cat jupyterhub.sqlite; touch /run/finished",
    );
    const [seen] = JSON.parse((await watching).stdout) as Seen[];
    expect(seen?.tty).not.toBe(0);
    expect(seen?.fds).toEqual(expect.arrayContaining([expect.stringMatching(/^\/dev\/pts\//)]));
    expect(seen?.cwd).toBe("/var/lib/jupyterhub");
  });
});
