import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();

async function processStatus(): Promise<Map<string, string>> {
  const pid = await stage.property("helper.service", "MainPID");
  const lines = (await stage.testbed.read(`/proc/${pid}/status`)).trim().split("\n");
  return new Map(lines.map((line) => line.split(/:\s*/, 2) as [string, string]));
}

test("the helper that serves has no capability, cannot gain any, and is filtered by seccomp", async () => {
  await (await stage.connect()).result("describe");
  const status = await processStatus();
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
    expect([set, status.get(set)]).toEqual([set, "0000000000000000"]);
  }
  expect(status.get("NoNewPrivs")).toBe("1");
  expect(status.get("Seccomp")).toBe("2");
  expect(status.get("Uid")).toMatch(/^0\s/);
});

test("no memory of the helper that serves is both writable and executable", async () => {
  await (await stage.connect()).result("describe");
  const pid = await stage.property("helper.service", "MainPID");
  expect(await stage.testbed.read(`/proc/${pid}/maps`)).not.toMatch(/ .wx/);
});

test("the helper stays alone in its cgroup, whatever it was asked to do", async () => {
  await writeUnit(stage.testbed, "zoe");
  const client = await stage.connect();
  await client.result("write-credentials", { user: "zoe" });
  await client.result("start", { user: "zoe" });
  await client.result("stop", { user: "zoe" });
  const group = await stage.property("helper.service", "ControlGroup");
  const pid = await stage.property("helper.service", "MainPID");
  expect(await stage.testbed.read(`/sys/fs/cgroup${group}/cgroup.procs`)).toBe(`${pid}\n`);
  expect(await stage.testbed.exists(`/proc/${pid}/task/${pid}/children`)).toBe(true);
  expect(await stage.testbed.read(`/proc/${pid}/task/${pid}/children`)).toBe("");
});

test("no descriptor of the helper's reaches a server that it starts", async () => {
  const unit = await writeUnit(stage.testbed, "wash");
  await (await stage.connect()).result("start", { user: "wash" });
  const pid = await stage.property(unit, "MainPID");
  const { stdout } = await stage.testbed.run(["ls", "-l", `/proc/${pid}/fd`]);
  expect(stdout).not.toContain("hub-helper");
  await (await stage.connect()).result("stop", { user: "wash" });
});

test("an account outside of the group hub-helper does not reach the socket", async () => {
  for (const user of ["mallory", "zoe", "nobody"]) {
    await expect(stage.connect({ user })).rejects.toMatchObject({ code: "EACCES" });
  }
});

test("everybody but peers that a rule matches is denied even where the socket lets them in", async () => {
  await stage.testbed.run(["chmod", "666", "/run/hub-helper/helper.sock"]);
  const strange = ["mallory", "zoe", "nobody", "65534", "4294967294", "2147483648"];
  for (const uid of strange) {
    const client = await stage.connect({ as: { uid, gid: "65534" } });
    for (const method of ["describe", "status", "start"]) {
      expect((await client.error(method, { user: "zoe" })).data).toEqual({ code: "denied" });
    }
  }
  await stage.testbed.run(["chmod", "660", "/run/hub-helper/helper.sock"]);
});
