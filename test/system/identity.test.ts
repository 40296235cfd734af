import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createInterface } from "node:readline";
import { type Testbed, writePolicy } from "../../testbed/index.ts";
import { Caller, SOCKET, type Line } from "./caller.ts";
import { runProgram } from "./program.ts";
import type { AskReport } from "./programs/ask-client.ts";
import { bootWorld, policyOf, writeUnit } from "./world.ts";

const DENIED = { code: -32000, data: { code: "denied" } };

let testbed: Testbed;
beforeAll(async () => {
  testbed = await bootWorld();
  await writeUnit(testbed, "zoe");
});
afterAll(async () => {
  await testbed.shutdown();
});

describe("an account that is not in the socket's group", () => {
  test("cannot connect", async () => {
    const caller = await Caller.start(testbed, "mallory");
    expect(await caller.dial().closed).toBe("EACCES");
  });

  test("is denied everything, with the same bytes, when the socket's mode is wrongly 0666", async () => {
    await testbed.run(["chmod", "0666", SOCKET]);
    try {
      const caller = await Caller.start(testbed, "mallory");
      const line = await caller.connect();
      const calls: [string, object][] = [
        ["describe", {}],
        ["status", { user: "zoe" }],
        ["status", { user: "nobody-here" }],
        ["start", { user: "zoe" }],
        ["start", { wrong: true }],
        ["write-credentials", { user: "zoe", env: { LD_PRELOAD: "/tmp/x" } }],
        ["explain", {}],
        ["no-such-method", {}],
      ];
      for (const [method, params] of calls) await line.request(method, params, 7);
      expect(new Set(line.received).size).toBe(1);
      expect(JSON.parse(line.received[0] ?? "")).toMatchObject({ id: 7, error: DENIED });
      expect(line.received).toHaveLength(calls.length);
    } finally {
      await testbed.run(["chmod", "0660", SOCKET]);
    }
  });
});

describe("a strange uid", () => {
  /** A connection of a process with a uid that no account need have, in the socket's group. */
  async function connectAs(uid: number): Promise<Line> {
    const { stdout } = await testbed.run(["getent", "group", "hub-helper"]);
    const gid = stdout.split(":")[2] ?? "";
    const prefix = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    return (await Caller.start(testbed, "root", prefix)).connect();
  }

  test.each([65534, 4294967294, 2 ** 31, 2 ** 31 - 1, 4242])(
    "%s is denied, and logged as it is",
    async (uid) => {
      const line = await connectAs(uid);
      expect((await line.request("status", { user: "zoe" }, `uid-${uid}`)).error).toMatchObject(DENIED);
      await line.close();
      const records = await testbed.journal({ unit: "helper.service" });
      const record = records
        .map(({ MESSAGE = "" }) => MESSAGE)
        .find((message) => message.includes(`"uid-${uid}"`));
      expect(JSON.parse(record ?? "{}")).toMatchObject({ event: "audit", decision: "refused", peerUid: uid });
    },
  );

  test("of nobody is denied under a rule for its group, which serves any other uid: every foreign account may look like it", async () => {
    const rule = `[[allow]]
name = "the-socket-group"
peer = { group = "hub-helper" }
methods = ["status"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`;
    await writePolicy(testbed, policyOf({ policy: rule }));
    await testbed.run(["systemctl", "reload-or-restart", "helper.service"]);
    const answers = [65534, 4242].map(async (uid) =>
      (await connectAs(uid)).request("status", { user: "zoe" }),
    );
    const [nobody, somebody] = await Promise.all(answers);
    expect(nobody?.error).toMatchObject(DENIED);
    expect(somebody?.result).toMatchObject({ user: "zoe" });
  });
});

describe("a false helper in a directory that somebody else can write", () => {
  const LISTEN = `
    const server = require("node:net").createServer(() => console.log("connected"));
    server.listen(process.argv[1], () => console.log("listening"));
    process.stdin.on("end", () => process.exit()).resume();`;

  test.each([
    ["in the home directory of another account", "/home/mallory/fake"],
    ["in /tmp, which is sticky", "/tmp/fake"],
    ["below a link from there", "/home/mallory/link/helper.sock"],
  ])("%s: the client library refuses it and does not connect", async (_, path) => {
    await testbed.run(["chmod", "0755", "/home/mallory"]);
    await testbed.run(["ln", "-sfn", "/run/hub-helper", "/home/mallory/link"], { user: "mallory" });
    const heard: string[] = [];
    const fake = testbed.spawn(["node", "-e", LISTEN, path], { user: "mallory" });
    const lines = createInterface({ input: fake.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => heard.push(line));
    if (!path.includes("/link/")) await new Promise((resolve) => lines.once("line", resolve));
    const report = await runProgram<AskReport>(testbed, "ask-client", [path]);
    expect(report).toMatchObject({ code: "untrusted-socket", socketPath: path });
    expect(heard).not.toContain("connected");
    fake.stdin?.end();
  });

  test("the real one is taken: the same client is served there", async () => {
    expect(await runProgram<AskReport>(testbed, "ask-client", [SOCKET])).toEqual({ name: "hub-helper" });
  });
});
