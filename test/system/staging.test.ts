import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";
import { Caller, type Line } from "./caller.ts";
import { isThere, whenDown, whenEmpty, whenGone } from "./events.ts";
import { putProgram, runProgram } from "./program.ts";
import type { KilledReport } from "./programs/killed-replacements.ts";
import type { ReaderReport } from "./programs/set-reader.ts";
import { accessOf, CREDENTIALS, givenTo, stagedAt, stagedFor, TAKES_CREDENTIALS } from "./staged.ts";
import { bootWorld, writeUnit } from "./world.ts";

const ZOE = { user: "zoe" };
const FILES = { keyfile: { text: "key\n" }, certfile: { base64: "AP8=" } };

let testbed: Testbed;
let caller: Caller;
let line: Line;
let unit: string;

beforeAll(async () => {
  testbed = await bootWorld({ limits: { verbs_per_second: 5000, verbs_burst: 5000 } });
  unit = await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
  caller = await Caller.start(testbed);
  line = await caller.connect();
});

afterAll(async () => {
  await testbed.shutdown();
});

const write = (token: string) =>
  line.request("write-credentials", { ...ZOE, env: { JUPYTERHUB_API_TOKEN: token } });

/** Starts the unit with a set of its own and gives its main process. */
async function startWith(token: string): Promise<number> {
  expect((await write(token)).error).toBeUndefined();
  const { result } = await line.request("start", ZOE);
  expect(result).toMatchObject({ activeState: "active", credentials: [{ name: "env" }] });
  return Number(result?.["mainPid"]);
}

const kill = (pid: number) => testbed.run(["sh", "-c", `kill -KILL ${pid}`]);

describe("a staged set", () => {
  test("has the exact names and bytes that were sent, the environment sorted and pinned values rendered", async () => {
    const env = { LANG: "C.UTF-8", JUPYTERHUB_API_TOKEN: "s3 = c'r\"e$t" };
    const { result } = await line.request("write-credentials", { ...ZOE, env, files: FILES });
    const rendered =
      "JUPYTERHUB_API_TOKEN=s3 = c'r\"e$t\nJUPYTERHUB_SERVER_NAME=\nJUPYTERHUB_USER=zoe\nLANG=C.UTF-8\n";
    expect(stagedFor(testbed, unit)).toEqual({ env: rendered, keyfile: "key\n", certfile: "\0\uFFFD" });
    expect(result).toEqual({
      unit,
      credentials: expect.arrayContaining([
        { name: "env", bytes: rendered.length },
        { name: "keyfile", bytes: 4 },
        { name: "certfile", bytes: 2 },
      ]) as unknown,
    });
  });

  test("holds the pinned values when nothing is sent, and nothing of the set before", async () => {
    await line.request("write-credentials", ZOE);
    expect(stagedFor(testbed, unit)).toEqual({ env: "JUPYTERHUB_SERVER_NAME=\nJUPYTERHUB_USER=zoe\n" });
  });

  test("belongs to root alone, with every directory above it", async () => {
    await line.request("write-credentials", { ...ZOE, files: FILES });
    expect(accessOf(testbed, "/run/hub-helper")).toBe("0:0 0755");
    const rooms = ["sets", "staging", "units"].map((name) => `/run/hub-helper/${name}`);
    const above = ["", "/jupyterhub", "/jupyterhub/singleuser"].map((path) => `${CREDENTIALS}${path}`);
    for (const directory of [...rooms, ...above, stagedAt(unit)]) {
      expect([directory, accessOf(testbed, directory)]).toEqual([directory, "0:0 0700"]);
    }
    for (const file of ["env", "keyfile", "certfile"]) {
      expect([file, accessOf(testbed, `${stagedAt(unit)}/${file}`)]).toEqual([file, "0:0 0600"]);
    }
  });

  test("is replaced as a whole: a reader sees only whole sets during 1000 replacements", async () => {
    const files = (number: number) => ({
      keyfile: { text: `key ${number}` },
      certfile: { text: `cert ${number}` },
    });
    const set = (number: number) => ({
      ...ZOE,
      env: { JUPYTERHUB_API_TOKEN: String(number) },
      files: files(number),
    });
    await line.request("write-credentials", set(0));
    const argv = await putProgram(testbed, "set-reader");
    const reader = testbed.spawn([...argv, stagedAt(unit), "certfile", "env", "keyfile"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const said = createInterface({ input: reader.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    expect(await said.next()).toMatchObject({ value: "reading" });
    for (let number = 1; number <= 1000; number += 20) {
      const some = Array.from({ length: 20 }, (_, at) => line.request("write-credentials", set(number + at)));
      for (const { error } of await Promise.all(some)) expect(error).toBeUndefined();
    }
    const ended = once(reader, "close");
    reader.stdin?.end();
    const report = JSON.parse((await said.next()).value as string) as ReaderReport;
    await ended;
    expect(report.torn).toEqual([]);
    expect(report.distinct).toBeGreaterThan(20);
    expect(Object.values(stagedFor(testbed, unit)).join()).toContain("key 1000");
  });
});

describe("while its unit lives", () => {
  test("an automatic restart finds the set that the unit was started with", async () => {
    await writeUnit(testbed, "zoe", [...TAKES_CREDENTIALS, "Restart=on-failure", "RestartSec=0"]);
    await testbed.run(["systemctl", "daemon-reload"]);
    const pid = await startWith("restarted");
    const watching = await caller.connect();
    await watching.request("watch");
    const restarted = watching.heard(
      ({ params }) => params.unit?.["nRestarts"] === 1 && params.unit["activeState"] === "active",
    );
    await kill(pid);
    await restarted;
    await watching.close();
    const { result } = await line.request("status", ZOE);
    expect(result).toMatchObject({ activeState: "active", nRestarts: 1, credentials: [{ name: "env" }] });
    expect(givenTo(testbed, unit)["hub_env"]).toContain("JUPYTERHUB_API_TOKEN=restarted\n");
  });

  test("stop takes the set away", async () => {
    const { result } = await line.request("stop", ZOE);
    expect(result).toMatchObject({ activeState: "inactive", credentials: [] });
    expect(isThere(testbed, stagedAt(unit))).toBe(false);
    await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
    await testbed.run(["systemctl", "daemon-reload"]);
  });

  test("remove-credentials takes a set away that was never started, and says how many there were", async () => {
    await line.request("write-credentials", { ...ZOE, files: FILES });
    expect((await line.request("remove-credentials", ZOE)).result).toEqual({ unit, removed: 3 });
    expect(isThere(testbed, stagedAt(unit))).toBe(false);
    expect((await line.request("remove-credentials", ZOE)).result).toEqual({ unit, removed: 0 });
  });
});

describe("when its unit has died by itself", () => {
  test("the set is taken away without anybody asking", async () => {
    const pid = await startWith("orphan");
    await kill(pid);
    await whenGone(testbed, stagedAt(unit));
    expect((await line.request("status", ZOE)).result).toMatchObject({
      activeState: "failed",
      credentials: [],
    });
  });

  test("the set is taken away after the helper's next start when the helper was not running", async () => {
    await line.request("reset-failed", ZOE);
    const pid = await startWith("orphan");
    await testbed.run(["systemctl", "stop", "helper.service"]);
    await kill(pid);
    await whenDown(testbed, unit);
    expect(isThere(testbed, stagedAt(unit))).toBe(true);
    expect((await caller.ask("describe")).error).toBeUndefined();
    await whenGone(testbed, stagedAt(unit));
  });

  test("what replaced sets have left behind is taken away in the end", async () => {
    line = await caller.connect();
    await write("one");
    await write("two");
    await whenEmpty(testbed, "/run/hub-helper/staging");
  });
});

/** There is a process for each system call. */
const KILLED_MS = 240_000;

test(
  "a replacement that is killed between any two of its system calls leaves the old set or the new one, whole",
  async () => {
    const report = await runProgram<KilledReport>(testbed, "killed-replacements", [], {
      user: "root",
      timeoutMs: KILLED_MS,
    });
    expect(report.broken).toEqual([]);
    expect(report.old).toBeGreaterThan(20);
    expect(report.new).toBeGreaterThan(2);
  },
  KILLED_MS,
);
