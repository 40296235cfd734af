import { beforeAll, describe, expect, test } from "@jest/globals";
import type { CheckJson } from "../../src/helperctl/commands/check.ts";
import type { Finding } from "../../src/helperctl/finding.ts";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();
const SECRET = "only-root-may-read-this";

const sh = (script: string, user = "root") => stage.testbed.run(["sh", "-c", script], { user });

/** What check says of the units, by account; not that they take no credentials. */
async function check(): Promise<(user: string) => readonly Finding[]> {
  const { stdout } = await stage.testbed.run(["helperctl", "check", "--json"], { check: false });
  const [file] = (JSON.parse(stdout) as CheckJson).files;
  const findings = (file?.findings ?? []).filter(({ code }) => code !== "unit-credentials-unused");
  return (user) => findings.filter(({ unit }) => unit === `jupyterhub-singleuser-${user}.service`);
}

const findingsAbout = async (user: string): Promise<readonly Finding[]> => (await check())(user);

/** Loads the unit of an account, which is made where it is not there, with these lines. */
async function load(user: string, lines: readonly string[]): Promise<string> {
  const exists = await stage.testbed.run(["id", user], { check: false });
  if (exists.status !== 0) await stage.testbed.addUser(user, { groups: ["jupyterhub"] });
  const unit = await writeUnit(stage.testbed, user, lines);
  await sh("systemctl daemon-reload");
  return unit;
}

beforeAll(async () => {
  await sh(`umask 077; printf '${SECRET}\\n' >/root/secret`);
});

/** Directives by which systemd writes a file, as root. */
const WRITING = ["StandardOutput", "StandardError"].flatMap((key) =>
  ["file", "append", "truncate"].map((kind) => [key, kind] as const),
);

describe.each(WRITING)("%s=%s:", (key, kind) => {
  const user = `w${key.slice(8).toLowerCase()}${kind}`;

  test("is refused, and no line of the user's lands in root's file", async () => {
    const unit = await load(user, [
      `${key}=${kind}:/home/${user}/log`,
      "ExecStart=/bin/sh -c 'echo planted; echo planted >&2; exec sleep infinity'",
    ]);
    await sh("printf 'as it was\\n' >/root/target");
    await sh(`ln -s /root/target /home/${user}/log`, user);
    const client = await stage.connect();
    const { data } = await client.error("start", { user });
    expect(data).toMatchObject({
      code: "unit-refused",
      unit,
      problem: expect.stringContaining(`${key}=${kind}:`),
    });
    expect(await stage.testbed.read("/root/target")).toBe("as it was\n");

    // What the refusal is there for: systemd itself follows the link.
    await sh(`systemctl start ${unit} && systemctl stop ${unit}`);
    expect(await stage.testbed.read("/root/target")).not.toBe("as it was\n");
  });

  test("is an error of check, which names the path, and whose command fixes it", async () => {
    const [found, ...others] = await findingsAbout(user);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: "error" });
    expect(found?.text).toContain(`/home/${user}/log`);
    expect(found?.text).toContain("the journal");
    await sh(found?.mend ?? "false");
    expect(await findingsAbout(user)).toEqual([]);
    const client = await stage.connect();
    await client.result("start", { user });
    await client.result("stop", { user });
  });
});

test("a file of root's is refused as well, since PID 1 shows no path", async () => {
  await load("logged", ["StandardOutput=append:/var/log/logged.log"]);
  const client = await stage.connect();
  expect((await client.error("start", { user: "logged" })).data.code).toBe("unit-refused");
});

interface Reading {
  readonly key: string;
  /** The value, for a path. */
  readonly value: (path: string) => string;
  readonly severity?: Finding["severity"];
  /** Since which systemd; all that we claim if not given. */
  readonly since?: number;
}

const plain = (path: string): string => path;

/** Directives by which systemd opens a path as root, and gives what is there to the unit. */
const READING: readonly Reading[] = [
  { key: "LoadCredential", value: (path) => `token:${path}` },
  { key: "LoadCredentialEncrypted", value: (path) => `token:${path}` },
  { key: "StandardInput", value: (path) => `file:${path}` },
  { key: "OpenFile", value: (path) => `${path}:token:read-only`, since: 253 },
  { key: "EnvironmentFile", value: plain },
  { key: "RootDirectory", value: plain },
  { key: "RootImage", value: plain },
  { key: "RootVerity", value: plain },
  { key: "RootHash", value: plain },
  { key: "RootHashSignature", value: plain },
  { key: "ExtensionDirectories", value: plain },
  { key: "ExtensionImages", value: plain },
  { key: "MountImages", value: (path) => `${path}:/mnt` },
  { key: "BindPaths", value: (path) => `${path}:/mnt`, severity: "warning" },
  { key: "BindReadOnlyPaths", value: (path) => `${path}:/mnt`, severity: "warning" },
  { key: "NetworkNamespacePath", value: plain },
  { key: "IPCNamespacePath", value: plain },
  { key: "TTYPath", value: plain },
  { key: "USBFunctionDescriptors", value: plain },
  { key: "USBFunctionStrings", value: plain },
  { key: "BPFProgram", value: (path) => `egress:${path}` },
];

describe("of a path that the account can replace, and of one of root's,", () => {
  const userOf = ({ key }: Reading): string => `r${key.toLowerCase()}`;
  let replaceable: Awaited<ReturnType<typeof check>>;
  let roots: typeof replaceable;
  let version: number;

  beforeAll(async () => {
    version = Number(/^systemd (\d+)/.exec((await sh("systemctl --version")).stdout)?.[1]);
    await sh("mkdir /srv/roots && touch /srv/roots/file");
    for (const row of READING) {
      await load(userOf(row), [`${row.key}=${row.value(`/home/${userOf(row)}/link`)}`]);
      await sh(`ln -s /root/secret /home/${userOf(row)}/link`, userOf(row));
    }
    replaceable = await check();
    for (const row of READING) await load(userOf(row), [`${row.key}=${row.value("/srv/roots/file")}`]);
    roots = await check();
  });

  test.each(READING)("$key= is found, and is not", (row) => {
    const { severity = "error", since = 0 } = row;
    const found = replaceable(userOf(row));
    expect(found.map((finding) => finding.severity)).toEqual(version >= since ? [severity] : []);
    for (const { text } of found) expect(text).toContain(`/home/${userOf(row)}`);
    expect(roots(userOf(row))).toEqual([]);
  });
});

test.each([
  [
    "a directory in the middle of the way",
    "/srv/middle/ours/token",
    "mkdir -p /srv/middle/ours; chown mids /srv/middle",
  ],
  ["a path where there is nothing yet", "/home/mids/later/token", "true"],
  [
    "a link of the account's in a chain of links",
    "/srv/chain",
    "ln -sfn /home/mids/hop /srv/chain; ln -sfn /root/secret /home/mids/hop",
  ],
  ["a directory that everybody may write", "/tmp/later", "true"],
])("%s counts as well", async (_, path, prepare) => {
  await load("mids", []);
  await sh(prepare);
  await load("mids", [`LoadCredential=token:${path}`]);
  expect(await findingsAbout("mids")).toMatchObject([{ code: "unit-opened-as-root", severity: "error" }]);
});

test("systemd does hand over what the link leads to, which is why it is found", async () => {
  const unit = await load("reader", ["StandardInput=file:/home/%i/link"]);
  await sh("ln -s /root/secret /home/reader/link", "reader");
  await load("reader", [
    "StandardInput=file:/home/reader/link",
    "ExecStart=/bin/sh -c 'cat >/home/reader/seen; exec sleep infinity'",
  ]);
  expect(await findingsAbout("reader")).toMatchObject([{ code: "unit-opened-as-root" }]);
  await sh(`systemctl start ${unit}; until [ -s /home/reader/seen ]; do :; done; systemctl stop ${unit}`);
  expect(await stage.testbed.read("/home/reader/seen")).toContain(SECRET);
});
