import { beforeAll, describe, expect, test } from "@jest/globals";
import { writePolicy } from "../../testbed/index.ts";
import { writeNamedUnit } from "./servers.ts";
import { setStage } from "./stage.ts";
import { Tmux } from "./tmux.ts";
import { policyOf } from "./world.ts";

const stage = setStage();
/** The line of keys at the bottom: the table is there. */
const TABLE = "^u:user s:server";
const PROMPT = "^\\$ *$";

beforeAll(async () => {
  const { testbed } = stage;
  await stage.server("zoe2");
  await stage.server("amos", ["ExecStartPre=/bin/false"]);
  await writeNamedUnit(testbed, "zoe");
  await testbed.run(["systemctl", "start", "jupyterhub-singleuser-zoe2.service"]);
  const named = Array.from({ length: 30 }, (_, at) => `jupyterhub-singleuser-zoe@s${at}.service`);
  await testbed.run(["systemctl", "start", ...named]);
  await testbed.run(["systemctl", "start", "jupyterhub-singleuser-amos.service"], { check: false });
});

const rowsOf = (screen: string): string[] => screen.split("\n").slice(4, -1);
const firstRow = (screen: string): string => rowsOf(screen)[0] ?? "";

describe("helperctl top", () => {
  test("shows the servers, sorts, filters, scrolls, and follows what happens", async () => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("helperctl top");
    const screen = await terminal.shows(TABLE);
    expect(screen).toMatch(/^helperctl top {2}32 servers: 31 active, 1 failed$/m);
    expect(firstRow(screen)).toMatch(/^amos +\(default\) +failed: exit-code/);
    await terminal.press("r");
    expect(firstRow(await terminal.shows("USER▲"))).toMatch(/^zoe2 /);
    await terminal.press("t");
    expect(firstRow(await terminal.shows("STATE▼"))).toMatch(/^amos /);
    await terminal.press("End");
    expect(await terminal.shows("rows 14 to 32 of 32")).toMatch(/^zoe2 /m);
    await terminal.press("/", "z", "o", "e", "2");
    expect(rowsOf(await terminal.shows('1 match "zoe2"')).filter(Boolean)).toHaveLength(1);
    await terminal.press("Enter");
    await terminal.shows(TABLE);
    await stage.testbed.run(["systemctl", "stop", "jupyterhub-singleuser-zoe2.service"]);
    await terminal.shows("Nothing here matches");
    await stage.testbed.run(["systemctl", "start", "jupyterhub-singleuser-zoe2.service"]);
    await terminal.shows("^zoe2 .*active \\(running\\)");
    await terminal.press("Escape");
    await terminal.hides("match");
  });

  test("measures the CPU time of what works", async () => {
    await using terminal = await Tmux.open(stage.testbed);
    await stage.server("busy", ["ExecStart=/bin/sh -c 'while :; do :; done'"]);
    await stage.testbed.run(["systemctl", "start", "jupyterhub-singleuser-busy.service"]);
    await terminal.run("helperctl top --user busy");
    // Whatever share of a core it gets, it is more than a sleeper's.
    await terminal.shows("^busy .*running.* ([1-9]|[1-9][0-9.]+) +[-0-9]+$");
    await stage.testbed.run(["systemctl", "stop", "jupyterhub-singleuser-busy.service"]);
  });

  test("takes the size that the terminal is given", async () => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("helperctl top");
    await terminal.shows(TABLE);
    await terminal.resize(120, 12);
    const screen = await terminal.shows("UNIT$");
    expect(rowsOf(screen)).toHaveLength(7);
    await terminal.resize(60, 10);
    expect(rowsOf(await terminal.hides("UNIT$"))).toHaveLength(5);
  });

  test.each([["q"], ["C-c"]])("leaves the terminal as it was with %s", async (key) => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("echo as it was");
    await terminal.shows("^as it was");
    const settings = await terminal.settings();
    await terminal.run("helperctl top");
    await terminal.shows(TABLE);
    expect(await terminal.settings()).not.toBe(settings);
    await terminal.press(key);
    expect(await terminal.shows(PROMPT)).toBe("$ echo as it was\nas it was\n$ helperctl top\n$");
    await terminal.run("echo status $?");
    await terminal.shows("^status 0$");
    expect(await terminal.settings()).toBe(settings);
  });

  test.each([["TERM"], ["HUP"]])("leaves the terminal as it was with SIG%s", async (signal) => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.shows(PROMPT);
    const settings = await terminal.settings();
    await terminal.run("helperctl top");
    await terminal.shows(TABLE);
    await stage.testbed.run(["kill", `-${signal}`, await terminal.child()]);
    expect(await terminal.shows(PROMPT)).toBe("$ helperctl top\n$");
    expect(await terminal.settings()).toBe(settings);
  });

  test("is stopped by Ctrl-Z and by SIGTSTP, gives the terminal back for the while, and goes on", async () => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.shows(PROMPT);
    const settings = await terminal.settings();
    await terminal.run("helperctl top");
    await terminal.shows(TABLE);
    const stops = [
      () => terminal.press("C-z"),
      async () => stage.testbed.run(["kill", "-TSTP", await terminal.child()]),
    ];
    for (const stop of stops) {
      await stop();
      await terminal.shows("Stopped +helperctl top");
      expect(await terminal.settings()).toBe(settings);
      await terminal.run("clear; fg");
      await terminal.shows(TABLE);
    }
    await terminal.press("q");
    await terminal.hides(TABLE);
    expect(await terminal.settings()).toBe(settings);
  });

  test("says since when the helper is out of reach, and goes on when it is back", async () => {
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("helperctl top");
    await terminal.shows(TABLE);
    await stage.testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
    await terminal.shows("^helper unreachable since [0-9:]{8}");
    await stage.testbed.run(["systemctl", "start", "helper.socket"]);
    await terminal.hides("unreachable");
  });

  test("leaves with a sentence and status 1 when the policy does not allow it any more", async () => {
    const { testbed } = stage;
    await using terminal = await Tmux.open(testbed, { user: "jupyter" });
    await terminal.run("helperctl top; echo status $?");
    await terminal.shows(TABLE);
    await writePolicy(testbed, policyOf({}).replace(', "watch"]', "]"));
    await testbed.run(["systemctl", "reload", "helper.service"]);
    expect(await terminal.shows("^status")).toMatch(/The policy no longer allows this watch\.[^$]*status 1/);
    await writePolicy(testbed, policyOf({}));
    await testbed.run(["systemctl", "reload", "helper.service"]);
  });
});
