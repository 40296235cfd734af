import { describe, expect, test } from "@jest/globals";
import { audited, logged, type AuditRecord } from "./audit-records.ts";
import type { RawClient } from "./raw-client.ts";
import { setStage, STRANGER } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();

/** What a record has, by the policy's list. */
const FIELDS = [
  "time",
  "peerUid",
  "peerPid",
  "peerUnit",
  "rule",
  "method",
  "template",
  "user",
  "server",
  "unit",
  "decision",
  "reason",
  "policyHash",
  "requestId",
  "durationMs",
  "outcome",
];

async function ask(client: RawClient, id: string | number, method: string, params: object): Promise<void> {
  client.sendFrame({ jsonrpc: "2.0", id, method, params });
  await client.answer(id);
}

const recordsOf = async (requestId: string | number): Promise<AuditRecord[]> =>
  (await audited(stage.testbed)).filter((record) => record["requestId"] === requestId);

const uidOf = async (user: string): Promise<number> =>
  Number((await stage.testbed.run(["id", "--user", user])).stdout);

describe("every verb that is allowed", () => {
  const verbs = ["write-credentials", "start", "stop", "reset-failed", "remove-credentials"];

  test.each(verbs)("%s leaves one record with every field", async (method) => {
    const unit = await writeUnit(stage.testbed, "zoe");
    const client = await stage.connect();
    await ask(client, `id-${method}`, method, { user: "zoe" });
    const [record, ...more] = await recordsOf(`id-${method}`);
    expect(more).toEqual([]);
    expect(Object.keys(record ?? {})).toEqual(expect.arrayContaining(FIELDS));
    expect(record).toMatchObject({
      peerUid: await uidOf("jupyter"),
      peerPid: client.pid,
      peerUnit: "testbed.service",
      rule: "hub",
      method,
      user: "zoe",
      server: "",
      unit,
      decision: "allowed",
      reason: null,
      outcome: "ok",
    });
    expect(new Date(String(record?.["time"])).toISOString()).toBe(record?.["time"]);
    expect(record?.["policyHash"]).toMatch(/^[0-9a-f]{64}$|^sha256:/);
    expect(record?.["durationMs"]).toBeGreaterThanOrEqual(0);
  });

  test.each<[string, string, readonly string[]]>([
    ["job-failed", "failing", ["ExecStart=/no/such/program"]],
    ["job-timeout", "slow", ["Type=notify"]],
  ])("has %s as its outcome when that is how it ends", async (outcome, user, lines) => {
    await stage.server(user, lines);
    await ask(await stage.connect(), outcome, "start", { user, timeoutMs: 2000 });
    expect(await recordsOf(outcome)).toMatchObject([{ decision: "allowed", user, outcome }]);
  });

  test("is announced before it is carried out", async () => {
    await stage.server("announced", ["Type=notify"]);
    const client = await stage.connect();
    await client.result("watch", { user: "announced" });
    client.sendFrame({ jsonrpc: "2.0", id: "announced", method: "start", params: { user: "announced" } });
    await client.notification("unit-changed", unitIs("activating"));
    const lines = (await logged(stage.testbed)).filter(({ requestId }) => requestId === "announced");
    expect(lines).toMatchObject([{ event: "begin", method: "start", user: "announced", rule: "hub" }]);
    await client.result("stop", { user: "announced" });
  });
});

describe("every refusal", () => {
  const refusals: [string, Record<string, unknown>, string, object][] = [
    ["method-not-allowed", {}, "explain", { peer: { uid: 0 }, method: "start" }],
    ["template-not-allowed", { template: "none" }, "start", { user: "zoe", template: "none" }],
    ["target-syntax", { user: "a b" }, "start", { user: "a b" }],
    ["target-unknown", { user: "no-such" }, "start", { user: "no-such" }],
    ["target-forbidden", { user: "root" }, "start", { user: "root" }],
    ["target-not-eligible", { user: "mallory" }, "status", { user: "mallory" }],
    ["unit-mismatch", { user: "wash" }, "start", { user: "wash" }],
  ];

  test.each(refusals)(
    "for %s leaves one record with every field and that reason",
    async (reason, names, method, params) => {
      const client = await stage.connect();
      await ask(client, `id-${reason}`, method, params);
      const [record, ...more] = await recordsOf(`id-${reason}`);
      expect(more).toEqual([]);
      expect(Object.keys(record ?? {})).toEqual(expect.arrayContaining(FIELDS));
      const uid = await uidOf("jupyter");
      const refused = { method, ...names, decision: "refused", reason, rule: null, outcome: "refused" };
      expect(record).toMatchObject({ peerUid: uid, peerPid: client.pid, ...refused });
    },
  );

  test("of a peer that no rule matches leaves one record, also for a method that does not exist", async () => {
    const client = await stage.connect(STRANGER);
    await ask(client, "stranger-1", "start", { user: "zoe" });
    await ask(client, "stranger-2", "no-such-method", {});
    const peerUid = await uidOf("mallory");
    const refused = { peerUid, decision: "refused", reason: "peer-no-rule" };
    expect(await recordsOf("stranger-1")).toMatchObject([{ ...refused, method: "start" }]);
    expect(await recordsOf("stranger-2")).toMatchObject([{ ...refused, method: "no-such-method" }]);
  });
});

test("looks that are allowed are counted and not logged", async () => {
  const client = await stage.connect();
  await client.result("describe");
  const root = await stage.connect({});
  const before = (await root.result("describe"))["counts"] as { allowed: Record<string, number> };
  const lines = (await logged(stage.testbed)).length;
  await ask(client, "look", "status", { user: "zoe" });
  await ask(client, "look-2", "list", {});
  await ask(client, "look-3", "watch", {});
  expect(await logged(stage.testbed)).toHaveLength(lines);
  const after = (await root.result("describe"))["counts"] as { allowed: Record<string, number> };
  for (const method of ["status", "list", "watch"]) {
    expect(after.allowed[method]).toBe((before.allowed[method] ?? 0) + 1);
  }
});

describe("what a peer sends", () => {
  const LONG = 64;
  const FORGED =
    '"}\n<6>{"event":"audit","decision":"allowed","forged":true}\n\u001b[2K\r\u2028\u202e\u0000é';

  test.each<[string, string]>([
    ["newlines, escape sequences and separators", FORGED],
    ["400 kB", "A".repeat(400_000)],
  ])("such as %s in id, method and names makes one line, cut and in ASCII", async (_, text) => {
    const before = (await logged(stage.testbed)).length;
    const stranger = await stage.connect(STRANGER);
    await ask(stranger, `m${text.slice(0, 100)}`, text, { user: text.slice(0, 100) });
    const hub = await stage.connect();
    await ask(hub, "names", "start", { user: text, server: text.slice(0, 1000) });
    const lines = (await logged(stage.testbed)).slice(before);
    expect(lines.filter(({ forged }) => forged)).toEqual([]);
    for (const record of lines) {
      for (const value of Object.values(record)) expect(String(value).length).toBeLessThanOrEqual(LONG);
    }
    const method = lines.find(({ peerPid }) => peerPid === stranger.pid);
    expect(method).toMatchObject({ method: text.slice(0, LONG), requestId: `m${text}`.slice(0, LONG) });
    const raw = await stage.testbed.run(["journalctl", "--unit=helper.service", "--output=cat", "--all"]);
    expect(raw.stdout).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test("as a secret is in no record", async () => {
    await writeUnit(stage.testbed, "zoe");
    const client = await stage.connect();
    const env = { JUPYTERHUB_API_TOKEN: "s3cret-token" };
    await client.result("write-credentials", {
      user: "zoe",
      env,
      files: { keyfile: { text: "s3cret-key" } },
    });
    await client.error("write-credentials", { user: "zoe", env: { NO: "s3cret-no" } });
    await client.error("write-credentials", { user: "zoe", env: "s3cret-env" });
    const { stdout } = await stage.testbed.run(["journalctl", "--output=json", "--all"]);
    expect(stdout).not.toContain("s3cret");
  });
});
