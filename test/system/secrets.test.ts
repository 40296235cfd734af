import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { Caller, type Line } from "./caller.ts";
import { RUN, stagedAt, stagedFor, TAKES_CREDENTIALS } from "./staged.ts";
import { bootWorld, writeUnit } from "./world.ts";

const ZOE = { user: "zoe" };
const TOKEN = "token-7d1f0c52";
const KEY = "key-93ab44e1";
const SET = { ...ZOE, env: { JUPYTERHUB_API_TOKEN: TOKEN }, files: { keyfile: { text: KEY } } };

let testbed: Testbed;
let caller: Caller;
let line: Line;
let unit: string;

beforeAll(async () => {
  testbed = await bootWorld();
  unit = await writeUnit(testbed, "zoe", [
    ...TAKES_CREDENTIALS,
    "ExecStart=/usr/lib/hub-helper/exec-with-credentials /bin/sleep infinity",
  ]);
  // Patterns in a file, so that the search itself does not carry them on its command line.
  await testbed.write("/root/secrets", `${TOKEN}\n${KEY}\n`, { mode: "600" });
  caller = await Caller.start(testbed);
  line = await caller.connect();
});

afterAll(async () => {
  await testbed.shutdown();
});

/** Files of the testbed, by shell pattern, in which a secret stands. */
async function filesWithSecrets(pattern: string): Promise<string[]> {
  const search = `grep -laF -f /root/secrets ${pattern} 2>/dev/null; test $? -le 2`;
  return (await testbed.run(["sh", "-c", search])).stdout.split("\n").filter(Boolean);
}

/** What a command says, less what it may say of its own failure. */
const say = async (argv: string[], user = "root"): Promise<string> => {
  const { stdout, stderr } = await testbed.run(argv, { user, check: false });
  return stdout + stderr;
};

describe("the secrets of a server that runs", () => {
  let mainPid: string;
  let directory: string;

  beforeAll(async () => {
    await line.request("watch");
    await line.request("write-credentials", SET);
    const { result } = await line.request("start", ZOE);
    mainPid = String(result?.["mainPid"]);
    directory = `/run/credentials/${unit}`;
  });

  test("are in the server's own environment and in its credentials", async () => {
    // The wrapper has given way to the program by the time that it sleeps.
    expect(await say(["cat", `/proc/${mainPid}/environ`])).toContain(`JUPYTERHUB_API_TOKEN=${TOKEN}`);
    expect(await say(["cat", `${directory}/hub_keyfile`], "zoe")).toBe(KEY);
  });

  test("are in no command line, and in no other process's environment", async () => {
    expect(await filesWithSecrets("/proc/[0-9]*/cmdline")).toEqual([]);
    expect(await filesWithSecrets("/proc/[0-9]*/environ")).toEqual([`/proc/${mainPid}/environ`]);
  });

  test("are in nothing that systemd shows of the unit", async () => {
    for (const user of ["root", "mallory"]) {
      const shown =
        (await say(["systemctl", "show", "--all", unit], user)) +
        (await say(["systemctl", "cat", unit], user));
      expect(shown).toContain(unit);
      expect(shown).not.toMatch(new RegExp(`${TOKEN}|${KEY}`));
    }
  });

  test("are in nothing that the journal holds, the helper's own records included", async () => {
    const journal = await say(["journalctl", "--output=export", "--all", "--no-pager"]);
    expect(journal).toContain("write-credentials");
    expect(journal).not.toMatch(new RegExp(`${TOKEN}|${KEY}`));
  });

  test("are in no answer of the helper", async () => {
    for (const method of ["status", "start", "reset-failed", "describe", "list"]) {
      await line.request(method, method === "describe" || method === "list" ? {} : ZOE);
    }
    expect(line.received.join("\n")).toContain('"credentials":[{"name":"env"');
    expect(line.received.join("\n")).not.toMatch(new RegExp(`${TOKEN}|${KEY}`));
  });

  test.each(["mallory", "wash", "jupyter"])("cannot be read by %s, staged or given", async (user) => {
    for (const path of [`${stagedAt(unit)}/env`, `${directory}/hub_env`, `/proc/${mainPid}/environ`]) {
      expect(await say(["cat", path], user)).toContain("Permission denied");
    }
    for (const room of ["credentials", "sets", "units", "staging"]) {
      expect(await say(["ls", `${RUN}/${room}`], user)).toContain("Permission denied");
    }
    expect(await say(["ls", directory], user)).toContain("Permission denied");
  });
});

describe("a set that the policy does not take", () => {
  const BAD = "worthless-5ac0";
  const before = {
    env: `JUPYTERHUB_API_TOKEN=${TOKEN}\nJUPYTERHUB_SERVER_NAME=\nJUPYTERHUB_USER=zoe\n`,
    keyfile: KEY,
  };

  test.each([
    ["a variable that is not listed", { env: { EDITOR: BAD } }, "EDITOR"],
    ["a variable that acts on loaders", { env: { LD_PRELOAD: BAD } }, "LD_PRELOAD"],
    ["a pinned variable with another value", { env: { JUPYTERHUB_USER: BAD } }, "JUPYTERHUB_USER"],
    ["a newline in a value", { env: { LANG: `${BAD}\nLD_PRELOAD=x` } }, "LANG"],
    ["a file that is not listed", { files: { other: { text: BAD } } }, "other"],
    ["the rendered environment as a file", { files: { env: { text: BAD } } }, "env"],
    ["too many bytes", { files: { keyfile: { text: BAD.repeat(8000) } } }, "keyfile"],
    [
      "one bad thing among good ones",
      { env: { LANG: "C", EDITOR: BAD }, files: { keyfile: { text: "x" } } },
      "EDITOR",
    ],
  ])("is refused by name for %s, and nothing of it is written or told", async (_, params, name) => {
    await line.request("write-credentials", SET);
    const { error } = await line.request("write-credentials", { ...ZOE, ...params });
    expect(error?.data).toEqual({
      code: "credentials-refused",
      name,
      problem: expect.any(String) as unknown,
    });
    expect(JSON.stringify(error)).not.toContain(BAD);
    expect(stagedFor(testbed, unit)).toEqual(before);
    expect(await say(["grep", "-raF", BAD.slice(2), RUN])).toBe("");
    expect(await say(["journalctl", "--unit=helper.service", "--output=cat", "--all"])).not.toContain(BAD);
  });

  test("of exactly max_bytes is taken", async () => {
    const rest = 65_536 - before.env.length;
    const keyfile = { text: "k".repeat(rest) };
    expect((await line.request("write-credentials", { ...SET, files: { keyfile } })).error).toBeUndefined();
    const one = { text: "k".repeat(rest + 1) };
    expect(
      (await line.request("write-credentials", { ...SET, files: { keyfile: one } })).error,
    ).toBeDefined();
    expect(stagedFor(testbed, unit)["keyfile"]).toHaveLength(rest);
  });
});
