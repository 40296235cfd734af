import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Reply } from "./hub-api.ts";
import { addHubUser, launchServer, requestServer, serversOf, stopServer } from "./hub-api.ts";
import type { LightAnswer } from "./light-server.ts";
import { serveLightly } from "./light-server.ts";
import { setJupyterStage } from "./stage.ts";
import { giveServers } from "./world.ts";

const LONGEST = "a-name.of_exactly-32-characters1";
const USERS = ["a-b", "first.last", "x_1", LONGEST];
/** As of a directory server with several realms. */
const OF_A_REALM = "user@realm";
const EVERYBODY = [...USERS, OF_A_REALM];
/** Whose servers have names. */
const OWNER = "x_1";

const stage = setJupyterStage({ users: USERS });
const DRIVER = "/opt/drive-spawner.py";

beforeAll(async () => {
  const { testbed } = stage;
  const groups = ["--badname", "--create-home", "--shell=/bin/bash", "--groups=jupyterhub"];
  await testbed.run(["useradd", ...groups, OF_A_REALM]);
  await giveServers(testbed, OF_A_REALM);
  await serveLightly(testbed);
  const driver = await readFile(join(import.meta.dirname, "drive-spawner.py"));
  await testbed.write(DRIVER, driver);
});

async function escaped(name: string): Promise<string> {
  return (await stage.testbed.run(["systemd-escape", "--", name])).stdout.trim();
}

const uidOf = async (user: string): Promise<number> =>
  Number((await stage.testbed.run(["id", "--user", user])).stdout);

/** What a server says of itself, through the proxy. */
async function ask(user: string, server = ""): Promise<LightAnswer> {
  const url = (await serversOf(stage.testbed, user))[server]?.url ?? "";
  const { stdout } = await stage.testbed.run(["curl", "--silent", "--fail", `http://127.0.0.1${url}api`]);
  return JSON.parse(stdout) as LightAnswer;
}

async function expectIsOf(answer: LightAnswer, user: string, server = ""): Promise<void> {
  const instance = server === "" ? "" : `@${await escaped(server)}`;
  const account = await escaped(user);
  const unit = `jupyterhub-singleuser-${account}${instance}.service`;
  expect(answer).toMatchObject({ uid: await uidOf(user), user, server });
  expect(answer.cgroup.endsWith(`/jupyterhub-singleuser-${account}.slice/${unit}`)).toBe(true);
}

describe("awkward names of users", () => {
  test("each has a server of their own, under their own uid and in their own slice", async () => {
    await Promise.all(EVERYBODY.map((user) => launchServer(stage.testbed, user)));
    for (const user of EVERYBODY) await expectIsOf(await ask(user), user);
    const { stdout } = await stage.testbed.run([
      "sh",
      "-c",
      "systemctl list-units --plain --no-legend 'jupyterhub-singleuser-*.service' | wc -l",
    ]);
    expect(Number(stdout)).toBe(EVERYBODY.length);
    await Promise.all(EVERYBODY.map((user) => stopServer(stage.testbed, user)));
  });
});

describe("names of servers in JupyterHub 6", () => {
  const NAMES = ["g", "gpu", "a-b", "a1-2-3", "server", "n2345678901234567890123456789z"];

  test("each is a server of its own of the same user", async () => {
    const { testbed } = stage;
    await addHubUser(testbed, OWNER);
    await Promise.all(NAMES.map((name) => launchServer(testbed, OWNER, name)));
    for (const name of NAMES) await expectIsOf(await ask(OWNER, name), OWNER, name);
    await Promise.all(NAMES.map((name) => stopServer(testbed, OWNER, name)));
  });

  test.each(["Gpu", "1a", "a--b", "a_b", "ä", "n".repeat(31)])("%s is refused by the hub", async (name) => {
    await addHubUser(stage.testbed, OWNER);
    const { status, body }: Reply = await requestServer(stage.testbed, OWNER, name);
    expect({ status, body }).toMatchObject({ status: 400 });
  });
});

interface Became {
  readonly url?: string;
  readonly answer?: LightAnswer;
  readonly poll?: null;
  readonly status?: number;
  readonly says?: string;
}

/** The spawner under the hub's own Python and account, in place of the hub. */
async function drive(names: readonly string[]): Promise<Became[]> {
  const asHub = ["setpriv", "--reuid=jupyter", "--regid=jupyter", "--groups=hub-helper", "--no-new-privs"];
  const { stdout } = await stage.testbed.run([...asHub, "/opt/jupyterhub/bin/python3", DRIVER], {
    input: JSON.stringify({ user: OWNER, names }),
    timeoutMs: 120_000,
  });
  return JSON.parse(stdout) as Became[];
}

describe("names of servers over the helper's whole grammar", () => {
  const NAMES = [
    "A",
    "a",
    "1",
    "_",
    "-",
    "--",
    "...",
    "a.b",
    "a-b",
    "a_b",
    "Größe",
    "日本語",
    "é",
    "e\u0301",
    "\u0661\u0662",
    "𝔘",
    "a".repeat(64),
  ];

  test("each is a server of its own, also where two look alike", async () => {
    const became = await drive(NAMES);
    for (const [at, name] of NAMES.entries()) {
      const { answer, poll } = became[at] ?? {};
      expect({ name, poll, server: answer?.server }).toEqual({ name, poll: null, server: name });
      if (answer !== undefined) await expectIsOf(answer, OWNER, name);
    }
    const units = new Set(became.map(({ answer }) => answer?.cgroup));
    expect(units.size).toBe(NAMES.length);
  });

  const OUTSIDE = [
    ".",
    "..",
    " ",
    "a b",
    "a/b",
    "a:b",
    "a@b",
    "a\u200bb",
    "🙂",
    "a".repeat(65),
    "日".repeat(60),
  ];

  test("outside of it is a 400 that says what is allowed", async () => {
    const became = await drive(OUTSIDE);
    for (const [at, name] of OUTSIDE.entries()) {
      expect({ name, ...became[at] }).toEqual({
        name,
        status: 400,
        says: expect.stringMatching(
          /^A server cannot have that name: it may have up to 64 letters, digits, underscores, dots and hyphens, and fewer in other scripts than Latin\. Please choose another name\. \(Request number: [0-9a-f-]{36}\)$/,
        ),
      });
    }
  });
});
