import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Result } from "../../testbed/index.ts";
import { writePolicy } from "../../testbed/index.ts";
import { ACTED_ON } from "../helperctl/support.ts";
import { setStage } from "./stage.ts";
import { Tmux } from "./tmux.ts";
import { policyOf } from "./world.ts";

const ruleFor = (user: string): string => `
[[allow]]
name = "${user}"
peer = { user = "${user}" }
methods = ["start", "stop", "reset-failed"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`;

const stage = setStage();

beforeAll(async () => {
  await stage.testbed.addUser("simon", { groups: ["hub-helper"] });
  await stage.server("zoe2");
  await stage.testbed.write("/opt/fails", "#!/bin/sh\necho the disk is full\nexit 3\n", { mode: "755" });
  await stage.server("wash2", ["ExecStartPre=/opt/fails"]);
});

beforeEach(async () => {
  const policy = ruleFor("root") + ruleFor("simon");
  await writePolicy(stage.testbed, policyOf({ policy }));
  await stage.restartHelper();
});

const helperctl = (args: readonly string[], user = "root"): Promise<Result> =>
  stage.testbed.run(["helperctl", ...args], { user, check: false });

describe.each([["root"], ["simon"]])("%s, with a rule", (user) => {
  test("starts and stops a server, and is told when there was nothing to do", async () => {
    const unit = "jupyterhub-singleuser-zoe2.service";
    const begun = await helperctl(["start", "zoe2"], user);
    const pid = await stage.property(unit, "MainPID");
    expect(begun).toMatchObject({ status: 0, stderr: "" });
    expect(begun.stdout).toMatch(new RegExp(`^zoe2's server runs: ${unit}, process ${pid}, after .* s\\n$`));
    const again = await helperctl(["start", "zoe2"], user);
    expect(again.stdout).toBe(`zoe2's server was running already: ${unit}, process ${pid}\n`);
    const stopped = await helperctl(["stop", "zoe2", "--json"], user);
    expect(JSON.parse(stopped.stdout)).toMatchObject({ unit, activeState: "inactive" });
    const idle = await helperctl(["stop", "zoe2"], user);
    expect(idle.status).toBe(0);
    // Only root may look, so only root can be told how it was before.
    expect(idle.stdout).toMatch(user === "root" ? / was not running: / : / is stopped: /);
  });

  test("lets a server forget its failure", async () => {
    await helperctl(["start", "wash2"], user);
    const { status, stdout } = await helperctl(["reset-failed", "wash2"], user);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "wash2's server may start anew: jupyterhub-singleuser-wash2.service is inactive\n",
    });
  });
});

describe("a server that does not start", () => {
  test("is told of with what its log says", async () => {
    const { status, stdout, stderr } = await helperctl(["start", "wash2"]);
    expect({ status, stdout }).toEqual({ status: 4, stdout: "" });
    expect(stderr).toMatch(/^helperctl: A step before the server's start failed with status 3/);
    expect(stderr).toMatch(/^ {2}state {3}failed \(failed\)\n {2}result {2}exit-code/m);
    expect(stderr).toMatch(/^ {4}\d\d:\d\d:\d\d fails\[\d+\]: the disk is full$/m);
  });

  test("is told of, to whoever may not read its log, with where that is", async () => {
    const { status, stderr } = await helperctl(["start", "wash2"], "simon");
    expect(status).toBe(4);
    expect(stderr).toMatch(/as root: journalctl --unit=jupyterhub-singleuser-wash2\.service\n$/);
    expect(stderr).not.toContain("the disk is full");
  });

  test("has no way to the terminal in its log", async () => {
    const hostile = [
      "#!/bin/sh",
      'head -c 1000000 /dev/zero | tr "\\0" A; echo',
      String.raw`printf '\033[31mred\033]0;title\007\n  unit    forged.service\n\342\200\256turned\n\rroot: over\n'`,
      "head -c 1 /run/gate-amos",
      "exit 1",
    ];
    await stage.testbed.write("/opt/hostile", `${hostile.join("\n")}\n`, { mode: "755" });
    await stage.testbed.run(["mkfifo", "--mode=0644", "/run/gate-amos"]);
    const unit = await stage.server("amos", ["ExecStartPre=/opt/hostile"]);
    const start = helperctl(["start", "amos"]);
    const logged = `until journalctl --all --unit=${unit} | grep -aq over; do sleep 0.05; done; echo >/run/gate-amos`;
    await stage.testbed.run(["sh", "-c", logged]);
    const { stderr } = await start;
    expect(stderr).toMatch(/hostile\[\d+\]: .*red/);
    expect(stderr).toContain(String.raw`\u{202e}turned`);
    expect(stderr).not.toMatch(ACTED_ON);
    expect(stderr.match(/^ {2}unit .*$/gm)).toEqual([`  unit    ${unit}`]);
    // The last ten lines, below the sentence, four facts and a title.
    expect(stderr.trimEnd().split("\n")).toHaveLength(16);
  });

  test("without a unit file exits with 4 and says who knows more", async () => {
    const { status, stderr } = await helperctl(["start", "wash"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^helperctl: There is no unit file for .*wash\.service\. helperctl check .*\n$/);
  });
});

describe("who has no rule", () => {
  test("is told, as root, which would do; and it does", async () => {
    await writePolicy(stage.testbed, policyOf({}));
    await stage.restartHelper();
    const refused = await helperctl(["start", "zoe2"]);
    expect(refused.status).toBe(1);
    const rule = refused.stderr.split("\n").filter((line) => line.startsWith("    "));
    expect(rule).toHaveLength(6);
    await stage.testbed.write("/etc/hub-helper/policy.d/root.toml", `${rule.join("\n")}\n`);
    await stage.testbed.run(["systemctl", "reload", "helper"]);
    expect(await helperctl(["start", "zoe2"])).toMatchObject({ status: 0 });
    const stop = await helperctl(["stop", "zoe2"]);
    expect(stop.stderr).toMatch(/To see what is missing: helperctl explain stop zoe2 --as root\n$/);
    await stage.testbed.run(["rm", "/etc/hub-helper/policy.d/root.toml"]);
  });

  test("is told, as anybody else, what root can ask", async () => {
    await writePolicy(stage.testbed, policyOf({}));
    await stage.restartHelper();
    const { status, stdout, stderr } = await helperctl(["start", "zoe2"], "simon");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      "helperctl: The policy does not allow this. Root can ask why: helperctl explain start zoe2 --as simon\n",
    );
  });
});

describe("while it waits", () => {
  const slow = async (user: string): Promise<void> => {
    await stage.testbed.run(["mkfifo", "--mode=0644", `/run/gate-${user}`]);
    await stage.server(user, [`ExecStartPre=/usr/bin/head -c 1 /run/gate-${user}`]);
  };
  const open = (user: string): Promise<Result> => stage.testbed.run(["sh", "-c", `echo >/run/gate-${user}`]);

  test("a terminal has one line that tells how it goes, and it is gone afterwards", async () => {
    await slow("kaylee");
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("clear; helperctl start kaylee");
    await terminal.shows("^starting kaylee's server \\.\\.\\.  1 s  activating \\(start-pre\\)$");
    const screen = await terminal.shows("^starting kaylee's server \\.\\.\\.  2 s");
    expect(screen.split("\n")).toHaveLength(1);
    await open("kaylee");
    const after = await terminal.shows("^kaylee's server runs: ");
    expect(after).not.toContain("starting");
  });

  test("Ctrl-C ends the waiting and not the start", async () => {
    await slow("book");
    await using terminal = await Tmux.open(stage.testbed);
    await terminal.run("clear; helperctl start book; echo status $?");
    await terminal.shows("^starting book's server");
    await terminal.press("C-c");
    const screen = await terminal.shows("^status 4$");
    expect(screen).toMatch(/Interrupted; systemd goes on with what it was asked for\./);
    await open("book");
    await terminal.run("clear; helperctl start book");
    await terminal.shows("^book's server (runs|was running already): ");
  });

  test("a time limit ends it, and systemd goes on", async () => {
    await slow("jayne");
    const { status, stderr } = await helperctl(["start", "jayne", "--timeout", "1"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/systemd goes on with it\. helperctl show jayne tells what comes of it\.\n$/);
    await open("jayne");
  });
});
