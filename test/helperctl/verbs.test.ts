import { describe, expect, test } from "@jest/globals";
import type { ErrorCode, ErrorDetails } from "../../src/protocol/errors.ts";
import { displayWidth } from "../../src/helperctl/columns.ts";
import type { Caller } from "../../src/helperctl/command.ts";
import type { Machine } from "../../src/helperctl/machine/machine.ts";
import type { Screen } from "../../src/helperctl/screen.ts";
import { renderWait } from "../../src/helperctl/verbs/outcome.ts";
import { renderProgress } from "../../src/helperctl/verbs/progress.ts";
import { clientOf } from "../client/clients.ts";
import type { Peer, ReceivedRequest } from "../client/line-server.ts";
import { LineServer } from "../client/line-server.ts";
import { unitState } from "../client/states.ts";
import type { Ran } from "./support.ts";
import { ACTED_ON, helperctl, HOSTILE, NOW } from "./support.ts";

type Answer = (request: ReceivedRequest, peer: Peer) => void;

interface World {
  readonly caller?: Caller;
  readonly machine?: Machine;
  readonly screen?: Screen;
  readonly interrupted?: AbortSignal;
}

const DESCRIPTION = { methods: ["start", "stop", "reset-failed", "status"], peer: { uid: 0, user: "root" } };
const JOURNAL_TIME = String(NOW * 1000);
const SIMON: Caller = { uid: 1001, name: "simon" };

const replying =
  (value: unknown): Answer =>
  (request, peer) =>
    peer.reply(request, value);
const failing =
  <Code extends ErrorCode>(code: Code, details: ErrorDetails[Code]): Answer =>
  (request, peer) =>
    peer.fail(request, code, details);

/** Runs one command line against a helper that answers each method in its own way. */
async function given(
  answers: Readonly<Record<string, Answer>>,
  args: readonly string[],
  world: World = {},
): Promise<Ran & { requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      requests.push(request);
      (answers[request.method] ?? failing("denied", {}))(request, peer);
    }
  });
  await using client = clientOf(server);
  return { ...(await helperctl(args, { client, ...world })), requests };
}

/** A machine whose journal has these messages, and that notes what it was asked. */
function machineWith(messages: readonly (string | null)[], asked: (readonly string[])[] = []): Machine {
  const stdout = messages
    .toReversed()
    .map((MESSAGE) =>
      JSON.stringify({ __REALTIME_TIMESTAMP: JOURNAL_TIME, SYSLOG_IDENTIFIER: "app", _PID: "77", MESSAGE }),
    )
    .join("\n");
  const run: Machine["run"] = (argv) => {
    asked.push(argv);
    return Promise.resolve({ status: 0, stdout: argv.includes("--sync") ? "" : stdout, stderr: "" });
  };
  const systemd = { unit: () => Promise.resolve({ User: "zoe" }) };
  const accounts = { user: () => Promise.resolve({ uid: 1000 }) };
  return { run, systemd, accounts, close: () => Promise.resolve() } as unknown as Machine;
}

const RUNNING = unitState({ activeSince: "2030-01-02T03:04:06.000Z" });
const DOWN = unitState({ activeState: "inactive", subState: "dead", mainPid: null });
const FAILED = unitState({
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  execMainCode: 1,
  execMainStatus: 203,
  mainPid: null,
});
const jobFailed = (state = FAILED): Answer =>
  failing("job-failed", { unit: state.unit, jobResult: "failed", state, hint: "It could not be run." });

describe("start", () => {
  test("says what runs now", async () => {
    const { status, printed, complained } = await given({ start: replying(RUNNING) }, ["start", "zoe"]);
    expect({ status, complained }).toEqual({ status: 0, complained: "" });
    expect(printed).toMatch(
      /^zoe's server runs: jupyterhub-singleuser-zoe\.service, process 4711, after \d+\.\d s\n$/,
    );
  });

  test("says when it was running already", async () => {
    const state = { ...RUNNING, server: "gpu", activeSince: "2030-01-02T03:04:04.000Z" };
    const { printed } = await given({ start: replying(state) }, ["start", "zoe", "gpu"]);
    expect(printed).toBe(
      "zoe's server gpu was running already: jupyterhub-singleuser-zoe.service, process 4711\n",
    );
  });

  test("tells a unit that ran and ended well from one that runs", async () => {
    const { printed } = await given({ start: replying(DOWN) }, ["start", "zoe"]);
    expect(printed).toBe("zoe's server ran and is done: jupyterhub-singleuser-zoe.service\n");
  });

  test("sends target and time limit, and asks nothing else where no terminal is looked at", async () => {
    const args = ["start", "zoe", "gpu", "--template", "other", "--timeout", "5"];
    const { requests } = await given({ start: replying(RUNNING) }, args);
    expect(requests).toMatchObject([
      { method: "start", params: { user: "zoe", server: "gpu", template: "other", timeoutMs: 5000 } },
    ]);
  });

  test.each([["0"], ["601"], ["soon"]])("takes no time limit of %s", async (timeout) => {
    const { status, complained } = await given({}, ["start", "zoe", "--timeout", timeout]);
    expect(status).toBe(2);
    expect(complained).toMatch(/--timeout must be a whole number from 1 to 600/);
  });

  test("prints the state with --json", async () => {
    const { printed } = await given({ start: replying(RUNNING) }, ["start", "zoe", "--json"]);
    expect(JSON.parse(printed)).toEqual(RUNNING);
  });
});

describe("stop", () => {
  const answers = { describe: replying(DESCRIPTION), status: replying(RUNNING), stop: replying(DOWN) };

  test("says that it is done", async () => {
    const { status, printed } = await given(answers, ["stop", "zoe"]);
    expect(status).toBe(0);
    expect(printed).toMatch(/^zoe's server is stopped: jupyterhub-singleuser-zoe\.service, after .* s\n$/);
  });

  test("says when nothing was running", async () => {
    const { status, printed } = await given({ ...answers, status: replying(DOWN) }, ["stop", "zoe"]);
    expect(status).toBe(0);
    expect(printed).toBe("zoe's server was not running: jupyterhub-singleuser-zoe.service\n");
  });

  test("does not look where it may not", async () => {
    const describe = replying({ ...DESCRIPTION, methods: ["stop"] });
    const { requests, status } = await given({ describe, stop: replying(DOWN) }, ["stop", "zoe"]);
    expect(status).toBe(0);
    expect(requests.map(({ method }) => method)).toEqual(["describe", "stop"]);
  });
});

describe("reset-failed", () => {
  test.each([
    [FAILED, "zoe's server may start anew: jupyterhub-singleuser-zoe.service is inactive\n"],
    [
      RUNNING,
      "zoe's server had not failed, and may start anew: jupyterhub-singleuser-zoe.service is inactive\n",
    ],
  ])("says what was forgotten", async (before, sentence) => {
    const { status, printed } = await given(
      { describe: replying(DESCRIPTION), status: replying(before), "reset-failed": replying(DOWN) },
      ["reset-failed", "zoe"],
    );
    expect({ status, printed }).toEqual({ status: 0, printed: sentence });
  });
});

describe("a server that does not start", () => {
  test("is told of with the hint, systemd's words and the last lines of its journal", async () => {
    const asked: (readonly string[])[] = [];
    const machine = machineWith(["hello", `${FAILED.unit}: no more room`], asked);
    const { status, printed, complained } = await given({ start: jobFailed() }, ["start", "zoe"], {
      machine,
    });
    expect({ status, printed }).toEqual({ status: 4, printed: "" });
    expect(complained.replace(/\d\d:\d\d:\d\d/g, "HH:MM:SS")).toBe(
      [
        "helperctl: It could not be run.",
        "  unit    jupyterhub-singleuser-zoe.service",
        "  state   failed (failed)",
        "  result  exit-code, status 203/EXEC",
        "  job     failed",
        "  Last lines of its journal:",
        "    HH:MM:SS app[77]: hello",
        "    HH:MM:SS app[77]: no more room",
        "",
      ].join("\n"),
    );
    expect(asked.at(-1)).toEqual(
      expect.arrayContaining([`--since=@${(NOW / 1000).toFixed(3)}`, "--lines=10"]),
    );
  });

  test("is told of with what was logged before, where the start limit is what stopped it", async () => {
    const asked: (readonly string[])[] = [];
    const state = { ...FAILED, result: "start-limit-hit" };
    await given({ start: jobFailed(state) }, ["start", "zoe"], { machine: machineWith([], asked) });
    expect(asked.at(-1)?.filter((word) => word.startsWith("--since"))).toEqual([]);
  });

  test("is told of with the way to its journal, where that has nothing to read", async () => {
    const world = { machine: machineWith([]), caller: SIMON };
    const { complained } = await given({ start: jobFailed() }, ["start", "zoe"], world);
    expect(complained).toMatch(/as root: journalctl --unit=jupyterhub-singleuser-zoe\.service\n$/);
  });

  test("leaves its state with --json", async () => {
    const world = { machine: machineWith([]) };
    const { status, printed } = await given({ start: jobFailed() }, ["start", "zoe", "--json"], world);
    expect(status).toBe(4);
    expect(JSON.parse(printed)).toEqual(FAILED);
  });

  test.each([[null], [80]])("has no way to the terminal in its journal, %s columns wide", async (columns) => {
    const screen = { columns, colour: false };
    const machine = machineWith([HOSTILE, "\u001b[2J".repeat(100_000), "w".repeat(1000), null]);
    const state = { ...FAILED, subState: HOSTILE, result: HOSTILE, unit: HOSTILE };
    const { complained } = await given({ start: jobFailed(state) }, ["start", "zoe"], { machine, screen });
    expect(complained).not.toMatch(ACTED_ON);
    const lines = complained.trimEnd().split("\n");
    expect(lines).toHaveLength(columns === null ? 10 : 6 + 2 + 4 + 4 + 1);
    const facts = lines.slice(1).map(displayWidth);
    if (columns !== null) expect(Math.max(...facts)).toBeLessThanOrEqual(columns);
  });
});

describe("what is refused", () => {
  const denied = failing("denied", {});
  const explain = replying({ allowed: false, reason: "peer-no-rule", steps: [] });

  test("is, for root without a rule, told of with the rule that it takes", async () => {
    const { status, complained } = await given({ start: denied, explain, status: replying(DOWN) }, [
      "start",
      "zoe",
    ]);
    expect(status).toBe(1);
    expect(complained).toContain(
      [
        "",
        "    [[allow]]",
        '    name = "root"',
        '    peer = { user = "root" }',
        '    methods = ["start"]',
        '    templates = ["singleuser"]',
        '    target = { users = ["zoe"] }',
        "",
      ].join("\n"),
    );
  });

  test("is, for root with rules, told of with the command that says what they lack", async () => {
    const other = replying({ allowed: false, reason: "target-not-eligible", steps: [] });
    const answers = { start: denied, explain: other, status: replying(DOWN) };
    const { complained } = await given(answers, ["start", "zoe", "gpu"]);
    expect(complained).toBe(
      "helperctl: The policy does not allow this. To see what is missing: helperctl explain start zoe gpu --as root\n",
    );
  });

  test("is, for others, told of with what root can ask", async () => {
    const { status, complained } = await given({ stop: denied }, ["stop", "zoe"], { caller: SIMON });
    expect(status).toBe(1);
    expect(complained).toBe(
      "helperctl: The policy does not allow this. Root can ask why: helperctl explain stop zoe --as simon\n",
    );
  });

  test("cannot forge a line with the name that was typed", async () => {
    const { complained } = await given({ start: denied }, ["start", HOSTILE], { caller: SIMON });
    expect(complained).not.toMatch(ACTED_ON);
    expect(complained.trimEnd().split("\n")).toHaveLength(1);
  });
});

test.each([
  ["unit-not-found", { unit: "u.service" }, /There is no unit file for u\.service\. helperctl check says/],
  ["unit-refused", { unit: "u.service", problem: "is odd" }, /is odd\. helperctl check says/],
  ["job-timeout", { unit: "u.service", afterMs: 5 }, /systemd goes on with it\. helperctl show zoe tells/],
] as const)("%s exits with 4 and says what to do", async (code, details, sentence) => {
  const answer: Answer = (request, peer) => peer.fail(request, code, details);
  const { status, complained } = await given({ start: answer }, ["start", "zoe"]);
  expect(status).toBe(4);
  expect(complained).toMatch(sentence);
});

test("who does not wait is told that systemd goes on", async () => {
  const interruption = new AbortController();
  const { status, complained } = await given({ start: () => interruption.abort() }, ["start", "zoe", "gpu"], {
    interrupted: interruption.signal,
  });
  expect(status).toBe(4);
  expect(complained).toBe(
    "helperctl: Interrupted; systemd goes on with what it was asked for. helperctl show zoe gpu tells what comes of it.\n",
  );
});

test("progress is one line, however narrow the terminal and whatever the names", () => {
  const standing = { what: "starting zoe's server", elapsedMs: 3_100, state: "activating (start-pre)" };
  expect(renderProgress(standing, 80)).toBe("starting zoe's server ...  3 s  activating (start-pre)");
  const hostile = renderProgress({ ...standing, what: HOSTILE, state: HOSTILE }, 30);
  expect(hostile).not.toMatch(ACTED_ON);
  expect(displayWidth(hostile)).toBeLessThanOrEqual(29);
});

test("a wait is given in seconds and tenths, and a long one in minutes", () => {
  expect([0, 840, 59_940, 125_000].map(renderWait)).toEqual(["0.0 s", "0.8 s", "59.9 s", "2 min 5 s"]);
});
