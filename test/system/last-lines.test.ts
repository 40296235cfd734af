import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  policy: `[[allow]]
name = "root"
peer = { user = "root" }
methods = ["start", "reset-failed", "status"]
templates = ["singleuser"]
target = { group = "jupyterhub" }
`,
});

const signalJournald = (signal: string) =>
  stage.testbed.run(["systemctl", "kill", `--signal=${signal}`, "systemd-journald.service"]);

afterEach(() => signalJournald("CONT"));

// A journald that stands still looks at the process only when that has ended: under load this happens by chance.
test.each([
  // systemd's child still is root when it misses the program, and has become zoe when it misses the interpreter.
  ["a program that is missing", "/opt/no-such-program"],
  ["a script whose interpreter is missing", "/opt/no-such-interpreter"],
])("a failed start shows what was said of %s by a process that is gone", async (_, program) => {
  const { testbed } = stage;
  await testbed.write("/opt/no-such-interpreter", "#!/opt/no-such-interpreter-either\n", { mode: "755" });
  const unit = await writeUnit(testbed, "zoe", [`ExecStart=${program}`]);
  await testbed.run(["systemctl", "daemon-reload"]);
  await testbed.run(["helperctl", "status"]);
  await signalJournald("STOP");
  const child = testbed.spawn(["helperctl", "start", "zoe"]);
  if (child.stderr === null) throw new TypeError("No pipe.");
  const [said, ended] = [text(child.stderr), once(child, "close")];
  await testbed.run(["sh", "-c", `until systemctl is-failed --quiet ${unit}; do sleep 0.02; done`]);
  await signalJournald("CONT");
  expect(await ended).toEqual([4, null]);
  expect(await said).toContain(`Failed at step EXEC spawning ${program}`);
  expect(await said).toContain("Failed to start");
});

test("lines that another account sends in the unit's name are not shown", async () => {
  const { testbed } = stage;
  const unit = await writeUnit(testbed, "zoe", ["ExecStart=/opt/no-such-program"]);
  await testbed.run(["systemctl", "daemon-reload"]);
  const line = (from: string): string => `MESSAGE=sent by ${from}\nUNIT=${unit}\n`;
  await testbed.run(["logger", "--journald"], { user: "mallory", input: line("mallory") });
  await testbed.run(["logger", "--journald"], { user: "root", input: line("root") });
  const { stdout } = await testbed.run(["helperctl", "show", "zoe"], { check: false });
  // Root may say what it likes: the search does find such lines.
  expect(stdout).toContain("sent by root");
  expect(stdout).not.toContain("sent by mallory");
});
