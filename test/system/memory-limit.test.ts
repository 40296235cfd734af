import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";

const stage = setStage({ settleMs: 5000 });

const DEVOURER = "ExecStart=/usr/bin/python3 -c 'x = []\nwhile True: x.append(bytearray(1 << 20))'".replace(
  "\n",
  "\\n",
);

test("a server that uses more memory than it may is ended, and told so, where there is a memory controller", async () => {
  const { stdout } = await stage.testbed.run(["cat", "/sys/fs/cgroup/cgroup.controllers"]);
  const unit = await stage.server("greedy", ["MemoryMax=32M", "MemorySwapMax=0", DEVOURER]);
  const client = await stage.connect();
  if (stdout.split(/\s/).includes("memory")) {
    const { data } = await client.error("start", { user: "greedy" });
    expect(data).toMatchObject({ code: "job-failed", unit, state: { result: "oom-kill" } });
    expect(data["hint"]).toMatch(/more memory than it may/);
  } else {
    process.stdout.write(
      "memory: this machine gives the testbed no memory controller; the hint is unit-tested.\n",
    );
    expect(stdout).not.toContain("memory");
    await stage.server("modest", ["MemoryMax=32M"]);
    expect(await client.result("start", { user: "modest" })).toMatchObject({
      activeState: "active",
      memoryBytes: null,
    });
  }
});
