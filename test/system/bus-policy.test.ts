import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BUS_NAME } from "../../src/helper/systemd/bus-name.ts";
import type { DoctorJson } from "../../src/helperctl/doctor/json.ts";
import { closeBus, openBus } from "./bus-policy-aside.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";

const stage = setStage({ alone: true });

const DRIVER = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"];
const MEGABYTE = 1 << 20;
const ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied";

const out = async (...argv: string[]): Promise<string> => (await stage.testbed.run(argv)).stdout.trim();
const helperPid = (): Promise<string> => stage.property("helper.service", "MainPID");

/** The unique name of the helper's connection, which every account may learn. */
async function helperName(): Promise<string> {
  const pid = await helperPid();
  const rows = (await out("busctl", "list", "--unique", "--no-legend", "--no-pager")).split("\n");
  const [name = ""] = rows.map((row) => row.trim().split(/\s+/)).find(([, owner]) => owner === pid) ?? [];
  expect(name).toMatch(/^:1\.\d+$/);
  return name;
}

/** The process that owns the helper's name; "": none. */
async function ownerPid(): Promise<string> {
  const argv = ["busctl", "call", ...DRIVER, "GetConnectionUnixProcessID", "s", BUS_NAME];
  const { status, stdout } = await stage.testbed.run(argv, { check: false });
  return status === 0 ? stdout.trim().replace("u ", "") : "";
}

/** How many bytes the helper has read since it started. */
async function bytesRead(): Promise<number> {
  const io = await stage.testbed.read(`/proc/${await helperPid()}/io`);
  return Number(/^rchar: (\d+)$/m.exec(io)?.[1]);
}

const flood = (destination: string) =>
  stage.testbed.run(["python3", "/opt/clients/bus-flood.py", destination], { user: "mallory" });

async function doctorCodes(): Promise<string[]> {
  const { stdout } = await stage.testbed.run(["helperctl", "doctor", "--json"], { check: false });
  const { findings } = JSON.parse(stdout) as DoctorJson;
  return findings.filter(({ check }) => check === "bus").map(({ code, severity }) => `${severity}: ${code}`);
}

/** The warnings of the helper that runs now. */
async function warnings(): Promise<string> {
  const invocation = await stage.property("helper.service", "InvocationID");
  return out("journalctl", "--output=cat", "--priority=warning", `_SYSTEMD_INVOCATION_ID=${invocation}`);
}

async function serves(user: string): Promise<void> {
  const client = await stage.connect();
  expect(await client.result("start", { user })).toMatchObject({ activeState: "active" });
  expect(await client.result("stop", { user })).toMatchObject({ activeState: "inactive" });
}

beforeAll(async () => {
  await stage.server("flooded");
});

/** What the bus says to the sender of what it refuses. dbus-broker drops signals and says nothing. */
const BUSES = [
  {
    program: "dbus-daemon",
    switchTo: "disable",
    refusals: { call: [ACCESS_DENIED], signal: [ACCESS_DENIED] },
  },
  { program: "dbus-broker-lau", switchTo: "enable", refusals: { call: [ACCESS_DENIED] } },
];

describe.each(BUSES)("under $program", ({ program, switchTo, refusals }) => {
  beforeAll(async () => {
    await stage.restartHelper();
    // One that was started on the other bus would be waited for on this one.
    await stage.testbed.run(["systemctl", "stop", "systemd-timedated.service"]);
    await stage.testbed.run(["systemctl", "stop", "dbus.socket", "dbus.service"]);
    await stage.testbed.run(["systemctl", switchTo, "dbus-broker.service"]);
    await stage.testbed.run(["systemctl", "start", "dbus.socket", "dbus.service"]);
    expect(await out("cat", `/proc/${await stage.property("dbus.service", "MainPID")}/comm`)).toBe(program);
    await serves("flooded");
  });

  afterAll(async () => {
    await closeBus(stage.testbed);
    await stage.restartHelper();
  });

  test("the helper owns its name, and the doctor finds nothing", async () => {
    expect(await ownerPid()).toBe(await helperPid());
    expect(await doctorCodes()).toEqual([]);
    expect(await warnings()).toBe("");
  });

  test.each(["its name", "its unique name"])(
    "the bus refuses what an account sends to %s, and a start is served during that",
    async (which) => {
      const before = await bytesRead();
      const flooding = flood(which === "its name" ? BUS_NAME : await helperName());
      await serves("flooded");
      const errors = JSON.parse((await flooding).stdout) as Record<string, string[]>;
      expect(errors).toMatchObject(refusals);
      expect((await bytesRead()) - before).toBeLessThan(MEGABYTE);
    },
  );

  test("what root sends arrives, and so do the signals of PID 1 and of the bus itself", async () => {
    const name = await helperName();
    const send = ["busctl", "--timeout=0.1", "call", name, "/a", "a.b", "C"];
    const before = await bytesRead();
    const { stderr } = await stage.testbed.run(send, { check: false });
    expect(stderr).not.toMatch(/denied/i);
    expect(await bytesRead()).toBeGreaterThan(before);

    const client = await stage.connect();
    await client.result("watch");
    await client.result("start", { user: "flooded" });
    await stage.testbed.run(["systemctl", "stop", "jupyterhub-singleuser-flooded.service"]);
    await client.notification("unit-changed", unitIs("inactive"));
    await stage.testbed.run(["systemctl", "daemon-reexec"]);
    await serves("flooded");
  });

  test("no account but root can own the name", async () => {
    await stage.restartHelper();
    const argv = ["busctl", "call", ...DRIVER, "RequestName", "su", BUS_NAME, "0"];
    const { status, stderr } = await stage.testbed.run(argv, { user: "mallory", check: false });
    expect(status).toBe(1);
    expect(stderr).toMatch(/denied|not allowed/i);
    await serves("flooded");
  });

  test("a helper that waits for its name warns, serves, and owns it as soon as it is free", async () => {
    await stage.restartHelper();
    const other = stage.testbed.spawn(["python3", "/opt/clients/bus-owner.py", BUS_NAME]);
    const lines = createInterface({ input: other.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("owned");
    await serves("flooded");
    expect(await warnings()).toContain("another connection owns it");
    expect(await doctorCodes()).toEqual(["error: bus-name"]);
    other.stdin?.end();
    await stage.testbed.run([
      "sh",
      "-c",
      `until [ "$(busctl call ${DRIVER.join(" ")} GetConnectionUnixProcessID s ${BUS_NAME})" = "u $1" ]; do :; done`,
      "until",
      await helperPid(),
    ]);
    expect(await doctorCodes()).toEqual([]);
  });

  test("a helper without the bus's policy warns and serves, and the doctor says how to get it", async () => {
    await openBus(stage.testbed);
    await serves("flooded");
    expect(await ownerPid()).toBe("");
    expect(await warnings()).toContain(BUS_NAME);
    expect(await doctorCodes()).toEqual(["error: bus-policy-missing", "error: bus-name"]);
    const before = await bytesRead();
    await flood(await helperName());
    expect((await bytesRead()) - before).toBeGreaterThan(16 * MEGABYTE);
    await serves("flooded");
    await closeBus(stage.testbed);
    expect(await doctorCodes()).toEqual(["error: bus-name"]);
  });
});
