import { expect, test } from "@jest/globals";
import { ERRORS, type ErrorCode } from "../../src/protocol/errors.ts";
import type { Message } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({ alone: true });

type Provoke = () => Promise<Message["error"]>;

async function call(method: string, params: object): Promise<Message["error"]> {
  return (await (await stage.connect()).call(method, params)).error;
}

async function sendLine(line: string): Promise<Message["error"]> {
  const client = await stage.connect();
  client.send(`${line}\n`);
  return (await client.answer(null)).error;
}

const startOf = async (user: string, lines: readonly string[], params: object = {}) => {
  await stage.server(user, lines);
  return call("start", { user, ...params });
};

/** An honest way to each error of the table. */
const PROVOCATIONS: Record<ErrorCode, Provoke> = {
  "parse-error": () => sendLine("hello"),
  "invalid-request": () => sendLine("[]"),
  "unknown-method": () => call("restart", { user: "zoe" }),
  "invalid-params": () => call("start", { user: "zoe", force: true }),

  // A directory of root's in the place of a file of the helper's is nothing that the helper expects.
  async internal() {
    const unit = await stage.server("broken");
    await stage.testbed.run(["mkdir", `/run/hub-helper/sets/${unit}`]);
    const error = await call("write-credentials", { user: "broken" });
    const incident = String(error?.data["incident"]);
    const entries = await stage.testbed.journal({ unit: "helper.service" });
    expect(entries.some(({ MESSAGE = "" }) => MESSAGE.includes(incident))).toBe(true);
    return error;
  },

  denied: () => call("start", { user: "root" }),

  async "unit-not-found"() {
    await stage.testbed.addUser("fileless", { groups: ["jupyterhub"] });
    return call("start", { user: "fileless" });
  },

  async "unit-refused"() {
    const unit = await stage.server("masked");
    await stage.testbed.run(["ln", "-sf", "/dev/null", `/etc/systemd/system/${unit}`]);
    return call("start", { user: "masked" });
  },

  "job-failed": () => startOf("failing", ["ExecStart=/no/such/program"]),
  "job-timeout": () => startOf("slow", ["Type=notify", "ExecStart=/bin/sleep infinity"], { timeoutMs: 300 }),

  async "too-large"() {
    const client = await stage.connect();
    client.send("x".repeat(524_289));
    return (await client.answer(null)).error;
  },

  async "credentials-refused"() {
    await writeUnit(stage.testbed, "zoe");
    return call("write-credentials", { user: "zoe", env: { EDITOR: "ed" } });
  },

  async busy() {
    const client = await stage.connect();
    for (let subscriptions = 0; subscriptions < 8; subscriptions++) await client.result("watch");
    return client.error("watch");
  },

  async unavailable() {
    await stage.testbed.run(["systemctl", "stop", "dbus.socket", "dbus.service"]);
    try {
      return await call("status", { user: "zoe" });
    } finally {
      await stage.testbed.run(["systemctl", "start", "dbus.socket", "dbus.service"]);
    }
  },

  async interrupted() {
    await stage.server("halted", ["Type=notify", "ExecStart=/bin/sleep infinity"]);
    const client = await stage.connect();
    await client.result("watch", { user: "halted" });
    const start = client.ask("start", { user: "halted" });
    await client.notification("unit-changed", unitIs("activating"));
    await client.result("stop", { user: "halted" });
    return (await client.answer(start)).error;
  },
};

test.each(Object.keys(ERRORS) as ErrorCode[])(
  "a peer is told %s with its number, a sentence and the promised data, and nothing else",
  async (code) => {
    const error = await PROVOCATIONS[code]();
    expect(error).toBeDefined();
    expect(Object.keys(error ?? {}).sort()).toEqual(["code", "data", "message"]);
    expect(error?.code).toBe(ERRORS[code].number);
    expect(error?.data.code).toBe(code);
    expect(Object.keys(error?.data ?? {}).sort()).toEqual(["code", ...ERRORS[code].data].sort());
    expect(error?.message).toMatch(/^[A-Za-z].*\.$/);
  },
);
