import { describe, expect, test } from "@jest/globals";
import { displayWidth } from "../../../src/helperctl/columns.ts";
import { localTime } from "../../../src/helperctl/log/local-time.ts";
import type { Screen } from "../../../src/helperctl/screen.ts";
import { PLAIN } from "../../../src/helperctl/screen.ts";
import { renderShown } from "../../../src/helperctl/show/render.ts";
import type { ShownServer } from "../../../src/helperctl/show/shown.ts";
import { unitState } from "../../client/states.ts";
import { allowed } from "../log/records.ts";
import { ACTED_ON, HOSTILE, NOW, TERMINAL } from "../support.ts";
import { shownServer, shownUnit, sliceOf } from "./shown.ts";

const at = (time: string): string => localTime(Date.parse(time), NOW);
const DECISION = { record: allowed(), fate: "ended", peerName: "jupyter" } as const;

const show = (members: Partial<ShownServer> = {}, screen: Screen = PLAIN): string =>
  renderShown(shownServer(members), [DECISION], NOW, screen);

const withoutColour = (columns: number): Screen => ({ columns, colour: false });

describe("show", () => {
  test("has everything about a server that runs, in sections", () => {
    expect(show()).toBe(
      [
        "● zoe's server (singleuser)",
        "  unit         jupyterhub-singleuser-zoe.service",
        "  about        Notebook server of zoe",
        `  state        active (running) for 3 h 4 min, since ${at("2030-01-02T00:00:00Z")}`,
        "  process      pid 4711, as zoe",
        "  unit file    /etc/systemd/system/jupyterhub-singleuser-zoe.service",
        "  drop-ins     /etc/systemd/system/jupyterhub-singleuser-.service.d/10-limits.conf",
        "  memory       312 MiB of 4.0 GiB",
        "  tasks        17 of 512",
        "  cpu          12 min 34 s, at most 150 %",
        "  sandbox      exposure 4.2 of 10, ok (systemd-analyze security)",
        "  credentials  env 44 B, keyfile 1.7 KiB",
        "  last job     start: ok after 42 ms, 4 min 5 s ago",
        "",
        "  SLICE             MEMORY             TASKS  CPU",
        "  jupyterhub.slice  3.1 GiB of 64 GiB  190    -",
        "  -.slice           -                  -      -",
        "",
        "Audit log",
        `  ${at(allowed().time)}  allowed  jupyter (990) in hub.service start zoe (singleuser): ok after 42 ms, by rule hub`,
        "",
        "Journal",
        `  ${at("2030-01-02T03:00:00Z")}  systemd: Started the notebook server of zoe.`,
        "",
      ].join("\n"),
    );
  });

  test("says what an account that may not read the journal would need, in one sentence", () => {
    const printed = renderShown(shownServer({ audit: null, journal: null }), [], NOW, PLAIN);
    expect(printed).toMatch(
      /\n\nThe audit log and the journal are for root and the members of the groups systemd-journal and adm\.\n$/,
    );
    expect(printed).not.toContain("Journal\n");
  });

  test("says so where there is nothing", () => {
    const printed = renderShown(shownServer({ journal: [], job: null, sandbox: null }), [], NOW, PLAIN);
    expect(printed).toContain("Audit log\n  nothing about this unit\n");
    expect(printed).toContain("Journal\n  nothing about this unit\n");
    expect(printed).toContain("  last job     none that is known\n");
    expect(printed).toContain("  sandbox      not judged\n");
  });

  test.each([
    ["not-found", "there is no unit file"],
    ["masked", "masked: nobody can start it before systemctl unmask"],
    ["bad-setting", "the unit file has a setting that systemd refuses; systemctl status says which"],
    ["something-new", "something-new"],
  ])("of a unit that is %s says so", (loadState, text) => {
    const state = unitState({ loadState, activeState: "inactive", subState: "dead", mainPid: null });
    const unit = shownUnit({ fragmentPath: null, dropInPaths: [], user: null, stateChanged: null });
    const printed = show({ state, unit });
    expect(printed).toMatch(/^○ zoe's server/);
    expect(printed).toContain(`  state        inactive (dead)\n  loaded       ${text}\n  memory`);
  });

  test("of a unit of which PID 1 says nothing shows what the helper does", () => {
    expect(show({ unit: null, slices: [] })).toContain("  state        active (running) for 3 h 4 min");
  });

  test("of a unit that has failed says why, and since when", () => {
    const state = unitState({
      activeState: "failed",
      result: "exit-code",
      execMainCode: 1,
      execMainStatus: 203,
      server: "gpu",
    });
    const since = `for 3 h 4 min, since ${at("2030-01-02T00:00:00Z")}`;
    expect(show({ state })).toContain(`  state        failed (status 203/EXEC) ${since}\n`);
    expect(show({ state })).toMatch(/^× zoe's server gpu \(singleuser\)\n/);
  });

  test("shows what the service says, how often it was restarted, and that its file has changed", () => {
    const printed = show({ state: unitState({ statusText: "ready", nRestarts: 3, needDaemonReload: true }) });
    expect(printed).toContain('  says         "ready"\n');
    expect(printed).toContain("pid 4711, as zoe, restarted 3 times by systemd\n");
    expect(printed).toContain("               changed since systemd read it: systemctl daemon-reload\n");
  });

  test.each<[ShownServer["job"], string]>([
    [{ kind: "queued", type: "stop", state: "running" }, "stop, running in systemd's queue now"],
    [
      { kind: "asked", type: "start", time: "2030-01-02T03:00:00.000Z", outcome: null, durationMs: null },
      "start, begun 4 min 5 s ago, outcome not known",
    ],
  ])("shows the job %j", (job, text) => {
    expect(show({ job })).toContain(`  last job     ${text}\n`);
  });
});

describe("use against limit", () => {
  const memory = (used: number | null, limit: number | null) => ({ used, limit, high: null, peak: null });

  test("names the slice whose limit is lower than the unit's own", () => {
    const slices = [sliceOf("a.slice", { memory: memory(null, 2 * 1024 ** 3) }), sliceOf("-.slice")];
    expect(show({ slices })).toContain("  memory       312 MiB of 2.0 GiB, limit of a.slice\n");
  });

  test("has a bar on a terminal, by which one sees how close it is", () => {
    const barOf = (used: number, screen: Screen): string =>
      /^.*memory.*$/m.exec(show({ unit: shownUnit({ memory: memory(used, 1000) }) }, screen))?.[0] ?? "";
    expect(barOf(310, withoutColour(80))).toBe("  memory       310 B of 1000 B  ███░░░░░░░ 31 %");
    expect(barOf(950, TERMINAL)).toContain("\u001b[31m██████████");
    expect(barOf(800, TERMINAL)).toContain("\u001b[33m████████");
    expect(barOf(2000, withoutColour(80))).toContain("██████████ 200 %");
  });

  test("is honest where nothing is accounted, or nothing limits", () => {
    const unit = shownUnit({
      memory: memory(null, 1024),
      tasks: { used: 3, limit: null },
      cpu: { used: null, limit: null },
    });
    const printed = show({ unit, slices: [] }, withoutColour(80));
    expect(printed).toContain("  memory       not accounted, at most 1.0 KiB\n");
    expect(printed).toContain("  tasks        3, no limit\n");
    expect(printed).toContain("  cpu          not accounted, no limit\n");
    const stopped = show({ unit, slices: [], state: unitState({ activeState: "inactive" }) });
    expect(stopped).toContain("  memory       none, at most 1.0 KiB\n");
  });

  test("tells from where on memory is taken back, and the most that was used", () => {
    const unit = shownUnit({ memory: { used: 1, limit: null, high: 3 * 1024 ** 3, peak: 2 * 1024 ** 3 } });
    expect(show({ unit })).toContain("slowed down above 3.0 GiB, at most 2.0 GiB so far\n");
  });
});

const hostileServer = (text: string): ShownServer =>
  shownServer({
    state: unitState({
      unit: text,
      user: text,
      server: text,
      template: text,
      subState: text,
      statusText: text,
      credentials: [{ name: text, bytes: 1 }],
    }),
    unit: shownUnit({ description: text, fragmentPath: text, dropInPaths: [text, text], user: text }),
    slices: [sliceOf(text)],
    sandbox: { score: 1, rating: text },
    job: { kind: "queued", type: text, state: text },
    journal: [{ time: "2030-01-02T03:00:00.000Z", identifier: text, pid: 7, message: text }],
  });

describe("whatever is in it", () => {
  test.each([HOSTILE, HOSTILE.repeat(20_000)])("nothing hostile reaches the terminal", (text) => {
    const printed = renderShown(hostileServer(text), [DECISION], NOW, PLAIN);
    expect(printed).not.toMatch(ACTED_ON);
    expect(printed.trimEnd().split("\n").length).toBe(23);
  });

  test.each([40, 80, 120])("no line is wider than a terminal of %d columns", (columns) => {
    for (const text of ["w".repeat(5000), "数据 ".repeat(300), HOSTILE]) {
      const printed = renderShown(hostileServer(text), [DECISION], NOW, withoutColour(columns));
      for (const line of printed.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test("nothing from outside begins a line at the left margin", () => {
    const printed = renderShown(hostileServer("forged ".repeat(100)), [DECISION], NOW, withoutColour(80));
    expect(printed).not.toMatch(/^forged/m);
  });
});

describe("who wrote a line of the journal", () => {
  test.each([
    ["systemd", 1, "systemd: "],
    ["systemd", 4711, "systemd[4711]: "],
    ["jupyterhub-singleuser", 4711, "jupyterhub-singleuser[4711]: "],
    ["(program)", 4711, "(program)[4711]: "],
    ["root[1]", 4711, '"root[1]"[4711]: '],
    ["systemd: Started a shell. ", 4711, '"systemd: Started a shell. "[4711]: '],
    ["systemd", null, "systemd[?]: "],
  ])("%j with pid %p reads as %j", (identifier, pid, shown) => {
    const journal = [{ time: "2030-01-02T03:00:00.000Z", identifier, pid, message: "hello" }];
    expect(renderShown(shownServer({ journal }), [], NOW, PLAIN)).toContain(`  ${shown}hello\n`);
  });
});
