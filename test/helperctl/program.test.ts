import { afterEach, describe, expect, test } from "@jest/globals";
import { linesOf, ProgramMissing, runProgram } from "../../src/helperctl/machine/program.ts";

const node = (script: string): string[] => [process.execPath, "-e", script];

describe("a program that helperctl runs", () => {
  afterEach(() => {
    delete process.env["PROGRAM_TEST"];
  });

  test("takes nothing from the environment of whoever calls", async () => {
    process.env["PROGRAM_TEST"] = "theirs";
    const { stdout } = await runProgram(node("console.log(JSON.stringify(process.env))"));
    const names = Object.keys(JSON.parse(stdout) as object).sort();
    expect(names).toEqual(["LC_ALL", "PATH", "SYSTEMD_COLORS", "SYSTEMD_PAGER", "SYSTEMD_URLIFY"]);
    expect(stdout).not.toContain("theirs");
  });

  test("gets its arguments as they are, without a shell", async () => {
    const hostile = "$(id); `id` 'x' \"y\" \n *";
    const { stdout } = await runProgram([...node("process.stdout.write(process.argv[1])"), hostile]);
    expect(stdout).toBe(hostile);
  });

  test("has no input unless it is given some", async () => {
    const echo = node("process.stdin.pipe(process.stdout)");
    expect((await runProgram(echo)).stdout).toBe("");
    expect((await runProgram(echo, { input: "some" })).stdout).toBe("some");
  });

  test("may end without reading its input", async () => {
    const { status } = await runProgram(node("process.exit(3)"), { input: "x".repeat(1 << 20) });
    expect(status).toBe(3);
  });

  test("is ended when it takes too long", async () => {
    await expect(runProgram(node("setInterval(() => {}, 1000)"), { timeoutMs: 200 })).rejects.toThrow(
      "was not done after 200 ms",
    );
  });

  test("that is not there is told apart from one that fails", async () => {
    await expect(runProgram(["no-such-program-anywhere"])).rejects.toThrow(ProgramMissing);
  });

  test("is ended when whoever reads its lines has read enough", async () => {
    const endless = node("let n = 0; setInterval(() => console.log(++n, process.pid), 1)");
    let pid = 0;
    for await (const line of linesOf(endless)) {
      pid = Number(line.split(" ")[1]);
      if (line.startsWith("3 ")) break;
    }
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});
