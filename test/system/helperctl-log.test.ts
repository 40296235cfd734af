import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { audited } from "./audit-records.ts";
import { invocationOf, whenUp } from "./events.ts";
import { Following, helperctl } from "./helperctl-runs.ts";
import { setStage, STRANGER } from "./stage.ts";
import { unitIs } from "./unit-is.ts";

const stage = setStage();
const SERVICE = "helper.service";

const log = (...args: string[]) => helperctl(stage.testbed, ["log", ...args]);

beforeAll(async () => {
  await stage.server("zoe-2");
});

/** A verb that is allowed, one that fails, and two refusals. */
async function makeHistory(): Promise<void> {
  const hub = await stage.connect();
  await hub.result("start", { user: "zoe-2" });
  await hub.result("stop", { user: "zoe-2" });
  await hub.error("start", { user: "wash" });
  await hub.error("start", { user: "mallory", server: "gpu" });
  const stranger = await stage.connect(STRANGER);
  await stranger.error("stop", { user: "zoe-2" });
}

const CLOCK = String.raw`\d\d:\d\d:\d\d`;

describe("the audit log", () => {
  test("has no records on a machine where nobody has asked for anything", async () => {
    const { status, stdout } = await log();
    expect({ status, stdout }).toEqual({ status: 0, stdout: "The audit log has no records.\n" });
  });

  test("has one line a decision, in their order, with names, words and rules", async () => {
    await makeHistory();
    const { status, stdout } = await log();
    expect(status).toBe(0);
    const who = String.raw`jupyter \(\d+\) in testbed.service`;
    const kind = String.raw`\(singleuser\)`;
    const patterns = [
      `allowed  ${who} start zoe-2 ${kind}: ok after \\d+ ms, by rule hub`,
      `allowed  ${who} stop zoe-2 ${kind}: ok after \\d+ ms, by rule hub`,
      `refused  ${who} start wash ${kind}: the unit is not as the policy says \\[unit-mismatch\\]`,
      `refused  ${who} start mallory/gpu ${kind}: no rule is for this user \\[target-not-eligible\\]`,
      String.raw`refused  mallory \(\d+\) stop: no rule is for this peer \[peer-no-rule\]`,
    ];
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(patterns.length);
    for (const [at, pattern] of patterns.entries()) {
      expect(lines[at]).toMatch(new RegExp(`^${CLOCK}  ${pattern}$`));
    }
  });

  test.each<[string[], number]>([
    [["--denied"], 3],
    [["--user", "zoe-2"], 2],
    [["--user", "mallory", "--denied"], 1],
    [["--user", "zoe-2", "--denied"], 0],
    [["--lines", "2"], 2],
    [["--since", "1 hour ago"], 5],
    [["--since", "1 hour ago", "--denied"], 3],
    [["--since", "1 hour ago", "--lines", "1"], 1],
    [["--since", "2099-01-01"], 0],
  ])("narrowed by %j has %d lines", async (args, count) => {
    const { status, stdout } = await log(...args);
    expect(status).toBe(0);
    if (count === 0) expect(stdout).toBe("The audit log has no such records.\n");
    else expect(stdout.trimEnd().split("\n")).toHaveLength(count);
  });

  test("narrowed by the id of a request has what was decided for that one", async () => {
    const [record] = await audited(stage.testbed);
    const { stdout } = await log("--id", String(record?.["requestId"]), "--json");
    const ids = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as typeof record)?.["requestId"]);
    expect(new Set(ids)).toEqual(new Set([record?.["requestId"]]));
    expect((await log("--id", "no-such-id")).stdout).toBe("The audit log has no such records.\n");
  });

  test("is JSON lines just as the helper wrote them with --json", async () => {
    const { stdout } = await log("--json");
    const records = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(records).toEqual(await audited(stage.testbed));
    expect(await log("--json", "--since", "2099-01-01")).toMatchObject({ status: 0, stdout: "" });
  });

  test("refuses a time that journalctl does not understand, in journalctl's words", async () => {
    const { status, stdout, stderr } = await log("--since", "the day after");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /^helperctl: --since the day after: Failed to parse timestamp: the day after\.\n$/,
    );
  });
});

describe("whoever runs it", () => {
  test("needs root or one of two groups, and is told so in a sentence", async () => {
    const { status, stdout, stderr } = await helperctl(stage.testbed, ["log"], { user: "mallory" });
    expect({ status, stdout }).toEqual({ status: 4, stdout: "" });
    expect(stderr).toMatch(
      /^helperctl: [^\n]*root and the members of the groups systemd-journal and adm\.\n$/,
    );
  });

  test("is told so even where its own journal is open to it", async () => {
    const { testbed } = stage;
    await testbed.run(["setpriv", "--reuid=mallory", "--regid=mallory", "--clear-groups", "logger", "mine"]);
    const { status } = await helperctl(testbed, ["log", "--follow"], { user: "mallory" });
    expect(status).toBe(4);
  });

  test.each(["systemd-journal", "adm"])("reads it as a member of %s", async (group) => {
    const asRoot = await log();
    const { status, stdout } = await helperctl(stage.testbed, ["log"], { user: "mallory", groups: [group] });
    expect({ status, stdout }).toEqual({ status: 0, stdout: asRoot.stdout });
  });
});

describe("nobody forges a record", () => {
  const FORGED = JSON.stringify({
    level: 30,
    time: "2026-01-01T00:00:00.000Z",
    event: "audit",
    audit: "forged",
    peerUid: 0,
    peerPid: 1,
    peerUnit: null,
    method: "start",
    requestId: 1,
    template: "singleuser",
    user: "forged",
    server: "",
    policyHash: "00",
    decision: "allowed",
    reason: null,
    rule: "hub",
    unit: "forged.service",
    outcome: "ok",
    durationMs: 1,
  });

  afterEach(async () => {
    // What was forged is in the journal, and not in the log.
    const entries = await stage.testbed.journal();
    expect(entries.filter(({ MESSAGE }) => MESSAGE?.includes('"forged"'))).not.toEqual([]);
    const { stdout } = await log("--json", "--user", "forged");
    expect(stdout).toBe("");
  });

  const ways: Record<string, readonly string[]> = {
    "logger under the helper's name": ["logger", "--tag", "hub-helper", FORGED],
    "logger with fields of journald's": ["logger", "--journald"],
    "systemd-cat": ["systemd-cat", "--identifier=hub-helper", "echo", FORGED],
  };

  test.each(Object.entries(ways))("with %s", async (_, argv) => {
    const input = `_SYSTEMD_UNIT=helper.service\n_UID=0\nUNIT=helper.service\nMESSAGE=${FORGED}\n`;
    await stage.testbed.run([...argv], { user: "mallory", input });
  });

  test("with a unit of root's that is called nearly like it", async () => {
    const unit = ["--unit=helper-like.service", "--property=SyslogIdentifier=hub-helper"];
    await stage.testbed.run(["systemd-run", "--wait", ...unit, "echo", FORGED]);
  });

  test("with a unit of the user's own manager that is called just like it", async () => {
    const { testbed } = stage;
    await testbed.run(["loginctl", "enable-linger", "mallory"]);
    const uid = (await testbed.run(["id", "--user", "mallory"])).stdout.trim();
    await testbed.run(["systemctl", "start", `user@${uid}.service`]);
    const run = ["systemd-run", "--user", "--wait", "--unit=helper.service", "echo", FORGED];
    await testbed.run(run, { user: "mallory", env: { XDG_RUNTIME_DIR: `/run/user/${uid}` } });
    await testbed.run(["loginctl", "disable-linger", "mallory"]);
  });
});

describe("a verb during which the helper dies", () => {
  test("is under way until then, and begun without a known outcome afterwards", async () => {
    const { testbed } = stage;
    await stage.server("slow", ["Type=notify"]);
    const client = await stage.connect();
    await client.result("watch", { user: "slow" });
    client.sendFrame({ jsonrpc: "2.0", id: "slow", method: "start", params: { user: "slow" } });
    await client.notification("unit-changed", unitIs("activating"));
    expect((await log("--user", "slow")).stdout).toMatch(
      / start slow \(singleuser\): under way, by rule hub\n$/,
    );

    const before = invocationOf(testbed, SERVICE);
    await testbed.run(["systemctl", "kill", "--kill-whom=main", "--signal=KILL", SERVICE]);
    await whenUp(testbed, SERVICE, before);
    const unknown = / allowed {2}jupyter .* start slow \(singleuser\): begun, outcome unknown: [^\n]*\n$/;
    expect((await log("--user", "slow")).stdout).toMatch(unknown);
    expect((await log("--user", "slow", "--since", "1 hour ago")).stdout).toMatch(unknown);
    expect(JSON.parse((await log("--user", "slow", "--json")).stdout)).toMatchObject({
      event: "begin",
      user: "slow",
    });
    await (await stage.connect()).result("stop", { user: "slow" });
  });
});

describe("followed", () => {
  test("it begins with the latest, and goes on with what comes until it is interrupted", async () => {
    const hub = await stage.connect();
    await hub.error("start", { user: "no-such-1" });
    await stage.testbed.run(["journalctl", "--sync"]);
    const following = new Following(stage.testbed, ["log", "--follow", "--lines", "1"]);
    expect(await following.next()).toContain(" start no-such-1 (singleuser): there is no such account");
    await hub.error("start", { user: "no-such-2" });
    expect(await following.next()).toContain(" start no-such-2 ");
    await hub.result("stop", { user: "zoe-2" });
    expect(await following.next()).toMatch(/ allowed .* stop zoe-2 .*: ok after /);
    expect(await following.interrupt()).toBe(0);
  });

  test("from a time on, narrowed to refusals of one user, it passes over the rest", async () => {
    const hub = await stage.connect();
    await hub.error("start", { user: "no-such-3" });
    await stage.testbed.run(["journalctl", "--sync"]);
    const args = ["--since", "1 hour ago", "--denied", "--user", "no-such-3", "--json"];
    const following = new Following(stage.testbed, ["log", "-f", ...args]);
    expect(JSON.parse(await following.next())).toMatchObject({ user: "no-such-3", method: "start" });
    await hub.result("stop", { user: "zoe-2" });
    await hub.error("start", { user: "no-such-4" });
    await hub.error("stop", { user: "no-such-3" });
    expect(JSON.parse(await following.next())).toMatchObject({ user: "no-such-3", method: "stop" });
    expect(await following.interrupt()).toBe(0);
  });
});
