import { beforeAll, describe, expect, test } from "@jest/globals";
import type { UnitState } from "../../src/protocol/unit-state.ts";
import type { ErrorData } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { unitFile } from "./world.ts";

const stage = setStage({
  policy: `
[template.settled]
unit = "settled-{user}.service"
run_as = "{user}"
settle_ms = 400

[[allow]]
name = "hub-settled"
peer = { user = "jupyter" }
methods = ["start", "stop", "reset-failed"]
templates = ["settled"]
target = { group = "jupyterhub" }

[template.startable]
unit = "startable-{user}.service"
run_as = "{user}"

[[allow]]
name = "hub-starts"
peer = { user = "jupyter" }
methods = ["start"]
templates = ["startable"]
target = { group = "jupyterhub" }
`,
});

interface Failure {
  readonly service: readonly string[];
  readonly unit?: readonly string[];
  readonly jobResult?: string | RegExp;
  readonly state: Partial<UnitState>;
  readonly hint: RegExp;
}

const EXITED = 1;
const KILLED = 2;
const failed = (execMainStatus: number): Partial<UnitState> => ({
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  execMainCode: EXITED,
  execMainStatus,
});
const oneshot = (command: string): string[] => ["Type=oneshot", `ExecStart=${command}`];

/** What `start` answers for the unit of an account of that name. */
const FAILURES: Record<string, Failure> = {
  programless: {
    service: ["ExecStart=/no/such/program"],
    state: failed(203),
    hint: /program could not be run/,
  },
  groupless: {
    service: ["Group=no-such-group"],
    state: failed(216),
    hint: /group does not exist/,
  },
  boxed: {
    service: ["ReadWritePaths=/no/such/directory"],
    state: failed(226),
    hint: /sandbox failed/,
  },
  homeless: {
    service: ["WorkingDirectory=/no/such/directory"],
    state: failed(200),
    hint: /working directory/,
  },
  unlettered: {
    service: ["LoadCredential=env:/run/hub-helper/credentials/%P@%I/env"],
    state: failed(243),
    hint: /credentials are missing/,
  },
  giving: {
    service: oneshot("/bin/false"),
    state: failed(1),
    hint: /with status 1/,
  },
  preparing: {
    service: ["ExecStartPre=/bin/sh -c 'exit 7'"],
    state: { activeState: "failed", result: "exit-code" },
    hint: /before the server's start failed with status 7/,
  },
  conditional: {
    service: [],
    unit: ["ConditionPathExists=/no/such/file"],
    jobResult: "done",
    state: { activeState: "inactive", result: "success", invocationId: null },
    hint: /condition of the server's unit is not met/,
  },
  asserting: {
    service: [],
    unit: ["AssertPathExists=/no/such/file"],
    jobResult: "assert",
    state: { activeState: "inactive" },
    hint: /assertion/i,
  },
  reluctant: {
    service: ["ExecCondition=/bin/false"],
    jobResult: /^(done|failed)$/,
    state: { activeState: "inactive", result: "exec-condition" },
    hint: /own check before the start/,
  },
  collected: {
    service: oneshot("/bin/sh -c 'exit 5'"),
    unit: ["CollectMode=inactive-or-failed"],
    state: failed(5),
    hint: /with status 5/,
  },
  tardy: {
    service: ["Type=notify", "TimeoutStartSec=200ms"],
    state: { activeState: "failed", result: "timeout" },
    hint: /not report that it was ready in time/,
  },
  queued: {
    service: ["Type=notify"],
    unit: ["JobRunningTimeoutSec=200ms"],
    jobResult: "timeout",
    state: { activeState: "activating" },
    hint: /gave up waiting/,
  },
  silent: {
    service: ["Type=notify", "ExecStart=/bin/true"],
    state: { activeState: "failed", result: "protocol" },
    hint: /did not report that it was ready/,
  },
  killed: {
    service: oneshot("/bin/sh -c 'kill -KILL $$$$'"),
    state: { activeState: "failed", result: "signal", execMainCode: KILLED, execMainStatus: 9 },
    hint: /ended by a signal/,
  },
  dependent: {
    service: [],
    unit: ["Requires=failing.service", "After=failing.service"],
    jobResult: "dependency",
    state: { activeState: "inactive" },
    hint: /depends on/,
  },
};

const isSentence = /^[A-Z][^\n]*\.$/;

function expectFailure(error: { message: string; data: ErrorData }, unit: string, failure: Failure): void {
  const { data, message } = error;
  expect(data).toMatchObject({ code: "job-failed", unit });
  expect(data["jobResult"]).toEqual(expect.stringMatching(failure.jobResult ?? "failed"));
  expect(data["state"]).toMatchObject({ unit, ...failure.state });
  expect(data["hint"]).toMatch(failure.hint);
  expect(data["hint"]).toMatch(isSentence);
  expect(message).toBe(data["hint"]);
}

beforeAll(async () => {
  const failing = "[Service]\nType=oneshot\nExecStart=/bin/false\n";
  await stage.testbed.write("/etc/systemd/system/failing.service", failing);
});

test.each(Object.entries(FAILURES))(
  "a %s server's start is a failed job with its state and a sentence",
  async (user, failure) => {
    const unit = await stage.server(user, failure.service, failure.unit);
    const client = await stage.connect();
    expectFailure(await client.error("start", { user }), unit, failure);
    // Whatever it was, the unit can be laid to rest.
    await client.result("stop", { user });
    expect(await client.result("reset-failed", { user })).toMatchObject({ unit, activeState: "inactive" });
  },
);

test("a server whose account went away while systemd prepared the start has no account (217)", async () => {
  const { testbed } = stage;
  const unit = await stage.server("vanishing", [], ["Wants=removal.service", "After=removal.service"]);
  const removal = "[Service]\nType=oneshot\nExecStart=/usr/sbin/userdel vanishing\n";
  await testbed.write("/etc/systemd/system/removal.service", removal);
  const error = await (await stage.connect()).error("start", { user: "vanishing" });
  expectFailure(error, unit, { service: [], state: failed(217), hint: /account does not exist/ });
});

describe("the start limit", () => {
  const limit = ["StartLimitIntervalSec=5min", "StartLimitBurst=3"];
  const exited = { service: [], state: failed(1), hint: /with status 1/ };

  test("does not count the starts of a good server that something keeps loaded", async () => {
    const unit = await stage.server("steady", [], limit);
    await stage.testbed.run([
      "systemd-run",
      "--unit=keeper",
      `--property=After=${unit}`,
      "sleep",
      "infinity",
    ]);
    const client = await stage.connect();
    for (let start = 1; start <= 6; start++) {
      expect(await client.result("start", { user: "steady" })).toMatchObject({ activeState: "active" });
      await client.result("stop", { user: "steady" });
    }
    // What systemd does by itself, it counts as before.
    const starts = `for i in 1 2 3 4; do systemctl start ${unit} && systemctl stop ${unit} || exit; done`;
    const { status } = await stage.testbed.run(["sh", "-c", starts], { check: false });
    expect(status).not.toBe(0);
    await stage.testbed.run(["systemctl", "stop", "keeper.service"]);
  });

  test("does not count failed starts that a hub asks for", async () => {
    const unit = await stage.server("eager", oneshot("/bin/false"), limit);
    const client = await stage.connect();
    for (let start = 1; start <= 5; start++) {
      expectFailure(await client.error("start", { user: "eager" }), unit, exited);
    }
  });

  test("is forgotten for a hub that may not reset failures", async () => {
    await stage.testbed.addUser("lessee", { groups: ["jupyterhub"] });
    const unit = "startable-lessee.service";
    const file = unitFile("lessee", oneshot("/bin/false"), limit);
    await stage.testbed.write(`/etc/systemd/system/${unit}`, file);
    const client = await stage.connect();
    const params = { template: "startable", user: "lessee" };
    expect((await client.error("reset-failed", params)).data).toEqual({ code: "denied" });
    for (let start = 1; start <= 5; start++) {
      expectFailure(await client.error("start", params), unit, exited);
    }
  });

  test("holds for a server that systemd is about to start again", async () => {
    const lines = [...oneshot("/bin/false"), "Restart=on-failure", "RestartSec=1h"];
    const unit = await stage.server("looping", lines, [limit[0] ?? "", "StartLimitBurst=1"]);
    const client = await stage.connect();
    const start = () => client.error("start", { user: "looping" });
    await start();
    expect(await stage.property(unit, "SubState")).toBe("auto-restart");
    await start();
    expect(await stage.property(unit, "SubState")).toBe("failed");
    expectFailure(await start(), unit, { ...exited, state: { result: "exit-code", execMainStatus: 1 } });
    await client.result("stop", { user: "looping" });
  });
});

test("a oneshot that ended well is a result", async () => {
  const unit = await stage.server("brief", oneshot("/bin/true"));
  const state = await (await stage.connect()).result("start", { user: "brief" });
  expect(state).toMatchObject({ unit, activeState: "inactive", result: "success", execMainStatus: 0 });
});

test("a oneshot that ended well and was collected at once is a result", async () => {
  const unit = await stage.server("fleeting", oneshot("/bin/true"), ["CollectMode=inactive-or-failed"]);
  const state = await (await stage.connect()).result("start", { user: "fleeting" });
  expect(state).toMatchObject({ unit, loadState: "loaded", activeState: "inactive", result: "success" });
});

describe("within settle_ms", () => {
  const DEATHS: Record<string, Failure> = {
    quitting: {
      service: ["ExecStart=/bin/sh -c 'exit 1'"],
      jobResult: /^(done|failed)$/,
      state: failed(1),
      hint: /ended right after it was started, with status 1/,
    },
    leaving: {
      service: ["ExecStart=/bin/sh -c 'sleep 0.1'"],
      jobResult: "done",
      state: { activeState: "inactive", execMainStatus: 0 },
      hint: /ended right after it was started, with status 0/,
    },
    restarting: {
      service: ["ExecStart=/bin/sh -c 'sleep 0.1; exit 3'", "Restart=always", "RestartSec=10"],
      jobResult: "done",
      state: { activeState: "activating", subState: "auto-restart", result: "exit-code", execMainStatus: 3 },
      hint: /with status 3/,
    },
    shot: {
      service: ["ExecStart=/bin/sh -c 'sleep 0.1; kill -KILL $$$$'"],
      jobResult: "done",
      state: { activeState: "failed", result: "signal", execMainCode: KILLED, execMainStatus: 9 },
      hint: /ended by a signal/,
    },
    frozen: {
      service: [
        "Type=notify",
        "NotifyAccess=all",
        "WatchdogSec=100ms",
        "ExecStart=/bin/sh -c 'systemd-notify --ready; exec sleep infinity'",
      ],
      jobResult: "done",
      state: { activeState: "failed", result: "watchdog" },
      hint: /stopped answering/,
    },
  };

  test.each(Object.entries(DEATHS))("the death of a %s server is a failed job", async (user, failure) => {
    await stage.testbed.addUser(user, { groups: ["jupyterhub"] });
    const unit = `settled-${user}.service`;
    await stage.testbed.write(`/etc/systemd/system/${unit}`, unitFile(user, failure.service));
    const client = await stage.connect();
    expectFailure(await client.error("start", { template: "settled", user }), unit, failure);
    await client.result("stop", { template: "settled", user });
  });

  test("a server that lives is answered, and no earlier", async () => {
    await stage.testbed.addUser("lasting", { groups: ["jupyterhub"] });
    await stage.testbed.write("/etc/systemd/system/settled-lasting.service", unitFile("lasting"));
    const client = await stage.connect();
    const begun = performance.now();
    const state = await client.result("start", { template: "settled", user: "lasting" });
    expect(state).toMatchObject({ activeState: "active", subState: "running" });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
  });
});
