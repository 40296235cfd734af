import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "@jest/globals";
import { putProgram } from "./program.ts";
import type { PressureReport } from "./programs/memory-pressure.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

const LOOKUPS = 5000;
const PIPE = "/run/pressure";

test("look-ups are right, and a buffer outlives its call, under memory pressure", async () => {
  const { testbed } = stage;
  // Groups by the hundred take getgrouplist several buffers; a long comment takes getpwnam_r a second one.
  const groups = Array.from({ length: 300 }, (_, at) => `g${at}:x:${20_000 + at}:zoe\n`).join("");
  await testbed.run(["sh", "-c", 'printf %s "$1" >>/etc/group', "groups", groups]);
  await testbed.run([
    "sh",
    "-c",
    'sed -i "s/^\\(wash:[^:]*:[^:]*:[^:]*:\\)[^:]*/\\1$(printf %06000d 0)/" /etc/passwd',
  ]);
  await testbed.run(["mkfifo", PIPE]);

  const [node = "", path = ""] = await putProgram(testbed, "memory-pressure");
  const program = testbed.spawn([
    node,
    "--expose-gc",
    path,
    String(LOOKUPS),
    PIPE,
    "zoe",
    "wash",
    "mallory",
    "nobody-here",
  ]);
  const lines = createInterface({ input: program.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const notes = createInterface({ input: program.stderr as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const exited = once(program, "close");
  const writer = testbed.spawn(["sh", "-c", `exec 3>${PIPE}; read -r go; printf whole >&3`]);
  expect((await notes.next()).value).toBe("now");
  writer.stdin?.end("go\n");
  const report = JSON.parse(String((await lines.next()).value)) as PressureReport;
  await exited;

  expect(report).toMatchObject({ wrong: [], wasHeld: true, read: "whole", wasFreed: true });
  expect(report.lookups).toBeGreaterThanOrEqual(LOOKUPS);
  expect(report.groups).toBeGreaterThan(300);
  expect(report.collections).toBeGreaterThan(50);
});
