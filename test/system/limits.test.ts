import { afterEach, beforeAll, afterAll, describe, expect, test } from "@jest/globals";
import { type Testbed, writePolicy } from "../../testbed/index.ts";
import { Caller, type Line } from "./caller.ts";
import { bootWorld, type LimitLines, policyOf, writeUnit } from "./world.ts";

const SERVICE = "helper.service";
/** The same rights for a second hub and for root, so that limits alone tell them apart. */
const MORE_RULES = ["rival", "root"]
  .map(
    (user) => `[[allow]]
name = "${user}"
peer = { user = "${user}" }
methods = ["start", "stop", "status", "list", "watch", "write-credentials", "remove-credentials", "reset-failed"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`,
  )
  .join("\n");

let testbed: Testbed;
let hub: Caller;
let rival: Caller;
let root: Caller;

beforeAll(async () => {
  testbed = await bootWorld();
  await testbed.addUser("rival", { system: true, groups: ["hub-helper"] });
  await writeUnit(testbed, "zoe");
  await writeUnit(testbed, "wash");
  [hub, rival, root] = await Promise.all([
    Caller.start(testbed, "jupyter"),
    Caller.start(testbed, "rival"),
    Caller.start(testbed, "root"),
  ]);
});

afterAll(async () => {
  await testbed.shutdown();
});

const open: Line[] = [];

/** A helper that knows nothing of what was before, under these limits. */
async function begin(limits: LimitLines): Promise<void> {
  await writePolicy(testbed, policyOf({ limits, policy: MORE_RULES }));
  await testbed.run(["systemctl", "stop", SERVICE]);
}

/** Connections that stay open to the end of the test, each known to have been accepted. */
async function hold(caller: Caller, count: number): Promise<Line[]> {
  const lines = await Promise.all(Array.from({ length: count }, () => caller.connect()));
  open.push(...lines);
  for (const reply of await Promise.all(lines.map((line) => line.request("describe")))) {
    expect(reply.error).toBeUndefined();
  }
  return lines;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((line) => line.close()));
});

/** Hangs up, and waits for the helper to do the same: then it has counted the connection out. */
async function leave(line: Line | undefined): Promise<void> {
  line?.end();
  await line?.closed;
}

/** Connects where there should be no place: the helper says so once, and closes. */
async function expectNoPlace(caller: Caller): Promise<void> {
  const line = caller.dial();
  expect(await line.closed).toBe("");
  expect(line.received.map((text) => JSON.parse(text) as unknown)).toEqual([
    {
      jsonrpc: "2.0",
      id: null,
      error: {
        code: -32007,
        message: expect.any(String) as unknown,
        data: { code: "busy", retryAfterMs: expect.any(Number) as unknown },
      },
    },
  ]);
}

describe("connections", () => {
  test("one uid's next after connections_per_uid is told busy and closed, and others are served", async () => {
    await begin({ connections_per_uid: 5 });
    const held = await hold(hub, 5);
    await expectNoPlace(hub);
    await expectNoPlace(hub);
    expect((await rival.ask("describe")).error).toBeUndefined();
    expect((await held[0]?.request("describe"))?.error).toBeUndefined();
    await leave(held[0]);
    expect((await hub.ask("describe")).error).toBeUndefined();
  });

  test("root gets in when all places that others may take are taken", async () => {
    await begin({ connections: 16, connections_per_uid: 64 });
    const first = await hold(hub, 4);
    await hold(rival, 4);
    await expectNoPlace(hub);
    await expectNoPlace(rival);
    expect((await root.ask("describe")).result).toMatchObject({ connections: 9 });
    await leave(first[0]);
    expect((await rival.ask("describe")).error).toBeUndefined();
  });

  test("those that say nothing and those that stop half-way are no burden to others, and the latter are closed", async () => {
    await begin({ frame_seconds: 1, connections_per_uid: 60 });
    const silent = await hold(hub, 20);
    const halfway = await hold(hub, 20);
    for (const line of halfway) line.write('{"jsonrpc":"2.0","id":1,"met');
    expect((await rival.ask("status", { user: "zoe" })).error).toBeUndefined();
    for (const line of halfway) {
      expect(await line.closed).toBe("");
      expect(line.received.at(-1)).toContain('"code":"invalid-request"');
    }
    for (const line of silent) expect((await line.request("describe")).error).toBeUndefined();
  });
});

describe("requests", () => {
  test("above verbs_burst are busy with a time to wait, nothing of them was done, and waiting that long helps", async () => {
    await begin({ verbs_per_second: 2, verbs_burst: 3 });
    const [line] = (await hold(hub, 1)) as [Line];
    const write = (token: string) =>
      line.request("write-credentials", { user: "zoe", env: { JUPYTERHUB_API_TOKEN: token } });
    const replies = [];
    for (const token of ["1", "2", "3", "4"]) replies.push(await write(token));
    expect(replies.map(({ error }) => error?.data.code)).toEqual([undefined, undefined, undefined, "busy"]);
    const retryAfterMs = Number(replies[3]?.error?.data["retryAfterMs"]);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(500);
    const staged = "/run/hub-helper/credentials/jupyterhub/singleuser/zoe@/env";
    expect(await testbed.read(staged)).toContain("JUPYTERHUB_API_TOKEN=3\n");
    expect((await rival.ask("start", { user: "wash" })).result).toMatchObject({ activeState: "active" });
    expect((await line.request("start", { user: "zoe" })).error?.data.code).toBe("busy");
    expect((await line.request("status", { user: "zoe" })).result).toMatchObject({ activeState: "inactive" });
    await testbed.run(["sleep", String(retryAfterMs / 1000)]);
    expect((await write("5")).error).toBeUndefined();
    await rival.ask("stop", { user: "wash" });
  });

  test("above in_flight_per_uid are busy, nothing of them was done, and other uids are served", async () => {
    await begin({ in_flight_per_uid: 3 });
    await testbed.run(["mkfifo", "--mode=0644", "/run/gate"]);
    await writeUnit(testbed, "wash", ["ExecStartPre=/usr/bin/head -c 1 /run/gate"]);
    await testbed.run(["systemctl", "daemon-reload"]);
    const [line] = (await hold(hub, 1)) as [Line];
    const waiting = Array.from({ length: 3 }, () => line.request("start", { user: "wash" }));
    const refused = await line.request("start", { user: "zoe" });
    expect(refused.error?.data).toEqual({ code: "busy", retryAfterMs: expect.any(Number) as unknown });
    expect((await rival.ask("status", { user: "zoe" })).result).toMatchObject({ activeState: "inactive" });
    await testbed.run(["sh", "-c", "echo >/run/gate"]);
    for (const { result } of await Promise.all(waiting))
      expect(result).toMatchObject({ activeState: "active" });
    expect((await line.request("start", { user: "zoe" })).result).toMatchObject({ activeState: "active" });
    await writeUnit(testbed, "wash");
    await testbed.run(["systemctl", "daemon-reload"]);
  });
});

describe("memory", () => {
  /** The helper's resident memory in MiB, as the kernel says. */
  async function residentMiB(): Promise<number> {
    const { stdout } = await testbed.run(["systemctl", "show", "--value", "--property=MainPID", SERVICE]);
    const status = await testbed.read(`/proc/${stdout.trim()}/status`);
    return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024;
  }
  /** Asks the helper how much it has answered, until that is nothing but these questions. */
  async function whenNoMoreIsAnswered(): Promise<number> {
    let before = 0;
    for (let same = 0; same < 20;) {
      const { counts } = (await root.ask("describe")).result as { counts: { allowed: { describe: number } } };
      same = counts.allowed.describe === before + 1 ? same + 1 : 0;
      before = counts.allowed.describe;
    }
    return before;
  }
  /** What 100 MiB that were kept could not hide in; a heap that has not been collected lately fits. */
  const FLAT_MIB = 48;

  test("stays flat under a frame that never ends", async () => {
    await begin({});
    const [line] = (await hold(hub, 1)) as [Line];
    const before = await residentMiB();
    const mebibyte = "x".repeat(1024 * 1024);
    for (let sent = 0; sent < 20; sent++) {
      const endless = await hub.connect();
      for (let part = 0; part < 5; part++) endless.write(mebibyte);
      await endless.closed;
      expect(endless.received[0]).toContain('"code":"too-large"');
    }
    expect((await line.request("describe")).error).toBeUndefined();
    expect((await residentMiB()) - before).toBeLessThan(FLAT_MIB);
  });

  test("stays flat under many frames that are begun, up to what their caps add up to", async () => {
    await begin({ connections_per_uid: 32 });
    await hold(rival, 1);
    const before = await residentMiB();
    const lines = await hold(hub, 32);
    for (const line of lines) line.write("x".repeat(500_000));
    // Whoever is served after them has waited until all of it was read.
    for (const line of lines) expect(line.received).toHaveLength(1);
    expect((await rival.ask("describe")).error).toBeUndefined();
    expect((await residentMiB()) - before).toBeLessThan(FLAT_MIB + 32);
  });

  test("stays flat under a reader who asks and never reads", async () => {
    await begin({});
    const [line] = (await hold(hub, 1)) as [Line];
    await hold(rival, 1);
    const before = await residentMiB();
    line.pause();
    // Kept, they and their answers would come to more than a GiB.
    const many = Array.from(
      { length: 1000 },
      (_, at) => `{"jsonrpc":"2.0","id":${at},"method":"describe"}\n`,
    );
    for (let at = 0; at < 200; at++) line.write(many.join(""));
    const answered = await whenNoMoreIsAnswered();
    expect(answered).toBeLessThan(20_000);
    // The 2048 that may be in flight take their room.
    expect((await residentMiB()) - before).toBeLessThan(3 * FLAT_MIB);
    line.resume();
  });
});
