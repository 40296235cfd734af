import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseServerName } from "../../src/protocol/target.ts";
import { SET_LINE } from "../../src/units/credential-path.ts";
import { escapeForUnit } from "../../src/units/escape.ts";
import { isThere } from "./events.ts";
import type { RawClient } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { CREDENTIALS, givenTo, stagedAt } from "./staged.ts";
import { unitFile } from "./world.ts";

const UNITS = "/etc/systemd/system";
const PAIRS = 300;
const PAIRS_AT_ONCE = 60;

/** One unit file for the default servers of all accounts, where `singleuser` has one for each. */
const LAB = `
[template.lab]
unit = "lab-all@{user}.service"
run_as = "{user}"

[template.lab.credentials]
env = ["JUPYTERHUB_API_TOKEN"]
env_pinned = { JUPYTERHUB_USER = "{user}", JUPYTERHUB_SERVER_NAME = "{server}" }

[[allow]]
name = "labs"
peer = { user = "jupyter" }
methods = ["start", "stop", "write-credentials", "remove-credentials", "status", "list"]
templates = ["lab"]
target = { group = "jupyterhub" }
`;

const stage = setStage({ limits: { verbs_per_second: 5000, verbs_burst: 5000 }, policy: LAB });

/** Accounts whose names meet when an escape is lost, doubled or folded. */
const ACCOUNTS = ["a-b", "ax2db", "ax5cx2db", "a.b", "ax2eb", "a_b", "ab", "u@realm", "ux40realm", "realm"];

interface Target {
  readonly template: string;
  readonly user: string;
  readonly server: string;
}

const lost = (name: string): string => escapeForUnit(name).replaceAll("\\", "");

/** What a name becomes when somebody on the way misreads it. */
const MISREADINGS: readonly ((name: string) => string)[] = [
  lost,
  (name) => escapeForUnit(escapeForUnit(name)).replaceAll("\\", ""),
  (name) => name.normalize(name === name.normalize("NFC") ? "NFD" : "NFC"),
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => name.replaceAll("-", "_"),
  (name) => name.replaceAll("-", "."),
  (name) => name.replaceAll("-", ""),
  (name) => `.${name}`,
  (name) => name.slice(0, -1),
];

const isServer = (name: string): boolean => name !== "" && parseServerName(name) !== null;
const word = fc.string({
  unit: fc.constantFrom("a", "B", "x2d", "x", "2d", "-", "_", ".", "ä", "e\u0301", "ﬀ", "ı", "日"),
  minLength: 1,
  maxLength: 5,
});
const WORDS = ["gpu-1", "täst", "ta\u0308st", "a-b", ".hidden", "x-y", "é", "-", "--", "a.service", "İ-x"];

/** Servers that one misreading takes for each other. */
function* serverPairs(): Generator<readonly [string, string]> {
  for (const name of [...WORDS, ...fc.sample(word, { numRuns: 400, seed: 13 })].filter(isServer)) {
    for (const misread of MISREADINGS) {
      const other = misread(name);
      if (other !== name && isServer(other)) yield [name, other];
    }
  }
}

function* pairs(): Generator<readonly [Target, Target]> {
  for (const [at, user] of ACCOUNTS.entries()) {
    for (const other of ACCOUNTS.slice(at + 1)) {
      if (![lost(user), user.replaceAll("-", "_"), user.replaceAll("-", ".")].includes(other)) continue;
      for (const template of ["singleuser", "lab"]) {
        yield [
          { template, user, server: "" },
          { template, user: other, server: "" },
        ];
      }
      yield [
        { template: "singleuser", user, server: "gpu-1" },
        { template: "singleuser", user: other, server: "gpu-1" },
      ];
    }
  }
  // The account in the prefix of the one is the server in the instance of the other.
  yield [
    { template: "singleuser", user: "a-b", server: "" },
    { template: "singleuser", user: "ab", server: "a-b" },
  ];
  let at = 0;
  for (const [server, other] of serverPairs()) {
    const user = ACCOUNTS[at++ % ACCOUNTS.length] ?? "";
    yield [
      { template: "singleuser", user, server },
      { template: "singleuser", user, server: other },
    ];
  }
}

const EXEC = "ExecStart=/usr/lib/hub-helper/exec-with-credentials /bin/sleep infinity";
const keyOf = ({ template, user, server }: Target): string => `${template} ${user} ${server}`;

/** Waits until a process is the program, and prints its environment, one line a process. */
const READ = `
for pid; do
  until read -r name </proc/$pid/comm; [ "$name" = sleep ]; do sleep 0.02; done
  tr '\\0\\n' '\\n ' </proc/$pid/environ | base64 -w0; echo
done`;

async function environments(pids: readonly number[]): Promise<string[][]> {
  const { stdout } = await stage.testbed.run(["sh", "-euc", READ, "read", ...pids.map(String)]);
  const texts = stdout.trimEnd().split("\n");
  return texts.map((text) => Buffer.from(text, "base64").toString("utf8").split("\n"));
}

const OURS = /^JUPYTERHUB_/;

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.write(`${UNITS}/lab-all@.service`, unitFile("%I", [SET_LINE, EXEC]));
  for (const user of ACCOUNTS) {
    await testbed.run(["useradd", "--badname", "--user-group", "--create-home", "--groups=jupyterhub", user]);
    const name = `jupyterhub-singleuser-${escapeForUnit(user)}`;
    for (const file of [`${name}.service`, `${name}@.service`])
      await testbed.write(`${UNITS}/${file}`, unitFile(user, [SET_LINE, EXEC]));
  }
  await testbed.run(["systemctl", "daemon-reload"]);
});

const each = (client: RawClient, method: string, targets: readonly Target[], params: object = {}) =>
  Promise.all(targets.map((target) => client.result(method, { ...target, ...params })));

test(`each of ${PAIRS} pairs of targets made to collide has its own environment`, async () => {
  const client = await stage.connect();
  const all = [...pairs()].slice(0, PAIRS);
  expect(all).toHaveLength(PAIRS);
  for (let from = 0; from < PAIRS; from += PAIRS_AT_ONCE) {
    const found = all.slice(from, from + PAIRS_AT_ONCE).flat();
    const targets = [...new Map(found.map((target) => [keyOf(target), target])).values()];
    const tokens = targets.map((_, at) => `token-${from}-${at}`);
    await Promise.all(
      targets.map((target, at) =>
        client.result("write-credentials", { ...target, env: { JUPYTERHUB_API_TOKEN: tokens[at] } }),
      ),
    );
    const states = await each(client, "start", targets);
    const seen = await environments(states.map(({ mainPid }) => Number(mainPid)));
    expect(seen.map((lines) => lines.filter((line) => OURS.test(line)).sort())).toEqual(
      targets.map(({ user, server }, at) => [
        `JUPYTERHUB_API_TOKEN=${tokens[at] ?? ""}`,
        `JUPYTERHUB_SERVER_NAME=${server}`,
        `JUPYTERHUB_USER=${user}`,
      ]),
    );
    await each(client, "stop", targets);
  }
  const { stdout } = await stage.testbed.run(["find", CREDENTIALS, "-mindepth", "1"]);
  expect(stdout).toBe("");
});

/** The unit of a-b with lines in place of the right one. */
async function writeLines(user: string, ...lines: string[]): Promise<string> {
  const unit = `jupyterhub-singleuser-${escapeForUnit(user)}.service`;
  await stage.testbed.write(`${UNITS}/${unit}`, unitFile(user, [...lines, "ExecStart=/bin/sleep infinity"]));
  await stage.testbed.run(["systemctl", "daemon-reload"]);
  return unit;
}

const OTHERS = `${CREDENTIALS}/jupyterhub/singleuser/ax2db@`;
const OWN = `${CREDENTIALS}/jupyterhub/singleuser/a-b@`;

describe("a unit that takes a set", () => {
  const A_B = { template: "singleuser", user: "a-b" };
  let client: RawClient;

  beforeEach(async () => {
    client = await stage.connect();
  });

  beforeAll(async () => {
    client = await stage.connect();
    const env = { JUPYTERHUB_API_TOKEN: "TOKEN-OF-ax2db" };
    await client.result("write-credentials", { ...A_B, user: "ax2db", env });
    // A helper before this one staged it here, where systemd 257 looks for the set of a-b.
    const old = `${CREDENTIALS}/jupyterhub-singleuser-ax2db.service`;
    await stage.testbed.run(["cp", "-a", OTHERS, old]);
  });

  test.each([
    ["by the line of older versions", `LoadCredential=hub:${CREDENTIALS}/%n`],
    ["by one file of that", `LoadCredential=env:${CREDENTIALS}/%n/env`],
    ["by %N", `LoadCredential=hub:${CREDENTIALS}/%N`],
    ["by %p", `LoadCredential=hub:${CREDENTIALS}/%p`],
    ["of another unit", `LoadCredential=hub:${OTHERS}`],
    ["of another unit, one file", `LoadCredential=env:${OTHERS}/env`],
    ["of another unit, with a slash at the end", `LoadCredential=hub:${OTHERS}/`],
    ["of another unit, by /var/run", `LoadCredential=hub:/var${OTHERS}`],
    ["of another unit, encrypted", `LoadCredentialEncrypted=env:${OTHERS}/env`],
    ["of another unit, as environment", `EnvironmentFile=-${OTHERS}/env`],
    ["of all units of a prefix", `LoadCredential=hub:${CREDENTIALS}/jupyterhub/singleuser`],
    ["of all units", `LoadCredential=hub:${CREDENTIALS}`],
    ["with the helper's own files", "LoadCredential=hub:/run/hub-helper"],
    ["with all of /run", "LoadCredential=hub:/run"],
    ["of its own, and another", `LoadCredential=hub:${OWN}\nLoadCredential=more:${OTHERS}`],
  ])("%s is refused, and nothing is staged or started", async (_, line) => {
    const unit = await writeLines("a-b", ...line.split("\n"));
    for (const method of ["write-credentials", "start"]) {
      const { data } = await client.error(method, A_B);
      expect(data).toMatchObject({ code: "unit-refused", unit });
      expect(data["problem"]).toMatch(/its line [A-Za-z]+=[a-z]* reads \/.*write LoadCredential=hub:.*%P@%I/);
    }
    expect(isThere(stage.testbed, OWN)).toBe(false);
    expect(await stage.property(unit, "ActiveState")).toBe("inactive");
  });

  test.each([
    ["by specifiers", SET_LINE, "hub_env"],
    ["by its path", `LoadCredential=hub:${OWN}`, "hub_env"],
    ["by /var/run", `LoadCredential=hub:/var${OWN}/`, "hub_env"],
    ["one file of it", `LoadCredential=env:${CREDENTIALS}/%P@%I/env`, "env"],
  ])("of its own is started with it: %s", async (_, line, name) => {
    const unit = await writeLines("a-b", line);
    await client.result("write-credentials", { ...A_B, env: { JUPYTERHUB_API_TOKEN: "own" } });
    await client.result("start", A_B);
    expect(givenTo(stage.testbed, unit)[name]).toContain("JUPYTERHUB_API_TOKEN=own\n");
    await client.result("stop", A_B);
  });

  test("in a drop-in for the units of all accounts is each unit's own", async () => {
    const dropIn = `${UNITS}/jupyterhub-singleuser-.service.d/10-set.conf`;
    await stage.testbed.run(["mkdir", "-p", `${UNITS}/jupyterhub-singleuser-.service.d`]);
    await stage.testbed.write(dropIn, `[Service]\n${SET_LINE}\n`);
    try {
      const users = ["a-b", "ax2db", "u@realm", "a.b"];
      const units = await Promise.all(users.map((user) => writeLines(user)));
      for (const user of users) {
        const target = { template: "singleuser", user };
        await client.result("write-credentials", { ...target, env: { JUPYTERHUB_API_TOKEN: `of ${user}` } });
      }
      for (const user of users) await client.result("start", { template: "singleuser", user });
      expect(units.map((unit) => givenTo(stage.testbed, unit)["hub_env"])).toEqual(
        users.map((user) => expect.stringContaining(`JUPYTERHUB_API_TOKEN=of ${user}\n`) as unknown),
      );
      for (const user of users) await client.result("stop", { template: "singleuser", user });
    } finally {
      await stage.testbed.run(["rm", dropIn]);
      await stage.testbed.run(["systemctl", "daemon-reload"]);
    }
  });
});

describe("after an upgrade from a version that staged by %n", () => {
  const ZOE = { template: "singleuser", user: "zoe" };
  const unit = "jupyterhub-singleuser-zoe.service";
  const OLD = `${CREDENTIALS}/${unit}`;

  /** What the older version left: a server that runs, its set, and what is remembered of it. */
  const LEAVE = `
    mkdir -m 700 ${OLD}; umask 077
    printf 'JUPYTERHUB_API_TOKEN=kept\\n' >${OLD}/env
    printf '{"generation":%s,"writtenAtMs":1,"invocationId":"","started":true}' "$(stat -c %i ${OLD})" >/run/hub-helper/sets/${unit}
    printf '{"rule":"hub","peerUid":%s}' "$(id -u jupyter)" >/run/hub-helper/units/${unit}
    systemctl start ${unit}`;
  const old = ["Restart=on-failure", "RestartSec=0", `LoadCredential=hub:${CREDENTIALS}/%n`];

  /** Kills the server and waits until systemd has started it again. */
  async function restart(client: RawClient): Promise<Record<string, string>> {
    const { nRestarts } = await client.result("status", ZOE);
    const count = Number(nRestarts) + 1;
    const script = `kill -KILL "$(systemctl show -P MainPID ${unit})"
      until [ "$(systemctl show -P NRestarts ${unit})" = ${count} ] && systemctl is-active -q ${unit}; do sleep 0.02; done`;
    await stage.testbed.run(["sh", "-euc", script]);
    return givenTo(stage.testbed, unit);
  }

  test("a running server restarts with its set, also when its unit file is brought up to date", async () => {
    await writeLines("zoe", ...old);
    await stage.restartHelper();
    await stage.testbed.run(["sh", "-euc", LEAVE]);
    const client = await stage.connect();
    expect(await client.result("status", ZOE)).toMatchObject({ credentials: [{ name: "env", bytes: 26 }] });
    expect((await restart(client))["hub_env"]).toBe("JUPYTERHUB_API_TOKEN=kept\n");
    expect((await client.error("write-credentials", ZOE)).data).toMatchObject({ code: "unit-refused" });
    await writeLines("zoe", "Restart=on-failure", "RestartSec=0", SET_LINE);
    expect((await restart(client))["hub_env"]).toBe("JUPYTERHUB_API_TOKEN=kept\n");
    await client.result("stop", ZOE);
    expect([OLD, stagedAt(unit)].filter((path) => isThere(stage.testbed, path))).toEqual([]);
  });

  test("the command that check prints brings the unit file up to date", async () => {
    await writeLines("zoe", ...old);
    const { stdout } = await stage.testbed.run(["helperctl", "check", "--json"], { check: false });
    const { files } = JSON.parse(stdout) as {
      files: { findings: { unit?: string; mend: string | null }[] }[];
    };
    const found = files.flatMap(({ findings }) => findings).find((finding) => finding.unit === unit);
    await stage.testbed.run(["sh", "-euc", found?.mend ?? "false"]);
    const client = await stage.connect();
    await client.result("write-credentials", { ...ZOE, env: { JUPYTERHUB_API_TOKEN: "new" } });
    await client.result("start", ZOE);
    expect(givenTo(stage.testbed, unit)["hub_env"]).toContain("JUPYTERHUB_API_TOKEN=new\n");
    await client.result("stop", ZOE);
  });
});

test("a policy whose units could share a path is refused, and says which", async () => {
  const file = "/root/policy.toml";
  const more = `[template.more]\nunit = "lab-all@{user}-x.service"\nrun_as = "{user}"\n`;
  await stage.testbed.run(["sh", "-c", `cp /etc/hub-helper/policy.toml ${file}`]);
  await stage.testbed.run(["sh", "-c", `printf '%s' "$1" >>${file}`, "append", more]);
  const { status, stdout } = await stage.testbed.run(["helperctl", "check", "--json", file], {
    check: false,
  });
  expect(status).not.toBe(0);
  const { files } = JSON.parse(stdout) as { files: { findings: { text: string }[] }[] };
  expect(files.flatMap(({ findings }) => findings).map(({ text }) => text)).toEqual([
    expect.stringContaining(
      'could stage credentials at, above or below the path of those of "lab-all@{user}.service"',
    ),
  ]);
});
