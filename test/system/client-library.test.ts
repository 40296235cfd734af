import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Testbed } from "../../testbed/index.ts";
import { whenDown } from "./events.ts";
import { putProgram } from "./program.ts";
import { writeNamedUnit } from "./servers.ts";
import { TAKES_CREDENTIALS } from "./staged.ts";
import { bootWorld, writeUnit } from "./world.ts";

let testbed: Testbed;
const outcomes = new Map<string, unknown>();
let status: number | null;

/** Fails for as long as no file says that it did so before. */
const FAILS_ONCE = "ExecStartPre=/bin/sh -c 'test -e /tmp/failed || { touch /tmp/failed; exit 1; }'";

beforeAll(async () => {
  testbed = await bootWorld();
  await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
  await writeNamedUnit(testbed, "zoe");
  const drop = (unit: string, line: string) =>
    testbed.write(`/etc/systemd/system/${unit}.d/test.conf`, `[Service]\n${line}\n`);
  await writeNamedUnit(testbed, "wash");
  for (const server of ["slow", "slower"]) {
    await drop(`jupyterhub-singleuser-zoe@${server}.service`, "ExecStartPre=/bin/sleep infinity");
  }
  await drop("jupyterhub-singleuser-wash@fails.service", "ExecStartPre=/bin/false");
  await drop("jupyterhub-singleuser-wash@fails\\x2donce.service", FAILS_ONCE);
  await testbed.run(["systemctl", "start", "jupyterhub-singleuser-wash@fails\\x2donce.service"], {
    check: false,
  });
  await whenDown(testbed, "jupyterhub-singleuser-wash@fails\\x2donce.service");

  const tour = testbed.spawn(await putProgram(testbed, "client-tour"), {
    user: "jupyter",
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(tour, "close");
  for await (const line of createInterface({ input: tour.stdout as NodeJS.ReadableStream })) {
    const { step, outcome } = JSON.parse(line) as { step: string; outcome: unknown };
    outcomes.set(step, outcome);
    if (step === "saw the start") {
      await testbed.run(["systemctl", "restart", "helper.service"]);
      tour.stdin?.write("restarted\n");
    }
  }
  [status] = (await ended) as [number | null];
});

afterAll(async () => {
  await testbed.shutdown();
});

const DEFAULT = "jupyterhub-singleuser-zoe.service";
const SLOW = "jupyterhub-singleuser-zoe@slow.service";

test("the whole tour comes to its end, and its process ends by itself", () => {
  expect([status, outcomes.size]).toEqual([0, 26]);
});

test.each<[string, unknown]>([
  [
    "launched",
    { unit: DEFAULT, activeState: "active", credentials: [{ name: "env" }, { name: "keyfile", bytes: 2 }] },
  ],
  ["launched again", { unit: DEFAULT, activeState: "active" }],
  ["status", { unit: DEFAULT, user: "zoe", server: "", template: "singleuser", activeState: "active" }],
  ["listed", [{ unit: "jupyterhub-singleuser-wash@fails\\x2donce.service" }, { unit: DEFAULT }]],
  ["stopped", { unit: DEFAULT, activeState: "inactive", credentials: [] }],
  ["launched after a failure", { server: "fails-once", activeState: "active", nRestarts: 0 }],
  ["described", { name: "hub-helper", protocol: 1, peer: { user: "jupyter" } }],
])("a server's life: %s", (step, expected) => {
  expect(outcomes.get(step)).toMatchObject(expected as object);
});

test.each<[string, unknown]>([
  ["denied", { classes: ["DeniedError", "HelperError"], code: "denied" }],
  ["invalid", { classes: ["HelperError", "InvalidParamsError"], code: "invalid-params", path: "server" }],
  [
    "not found",
    { classes: ["HelperError", "UnitNotFoundError"], unit: "jupyterhub-singleuser-wash.service" },
  ],
  ["refused", { classes: ["CredentialsRefusedError", "HelperError"], name: "EDITOR" }],
  [
    "failed",
    { classes: ["HelperError", "JobFailedError"], jobResult: "failed", state: { activeState: "failed" } },
  ],
  ["too large", { classes: ["HelperError", "TooLargeError"], code: "too-large", limit: 524288 }],
  ["not for us", { classes: ["DeniedError", "HelperError"], code: "denied" }],
  ["job timeout", { classes: ["HelperError", "JobTimeoutError"], unit: SLOW, afterMs: 200 }],
  ["interrupted", { classes: ["HelperError", "InterruptedError"], unit: SLOW }],
])("a typed error with what the table promises: %s", (step, expected) => {
  expect(outcomes.get(step)).toMatchObject(expected as object);
});

test("a failed start has a sentence for the user", () => {
  expect(outcomes.get("failed")).toMatchObject({
    hint: expect.stringMatching(/^The server .*\.$|^A step .*\.$/) as unknown,
  });
});

test("an aborted call rejects at once with the signal's reason, and what was begun goes on", () => {
  expect(outcomes.get("aborted")).toEqual({ name: "AbortError" });
  expect(outcomes.get("goes on")).toBe("activating");
});

test("a closed client rejects what is in flight and all that is asked of it afterwards", () => {
  expect(outcomes.get("closed in flight")).toMatchObject({ code: "client-closed", outcome: "unknown" });
  expect(outcomes.get("closed")).toMatchObject({ code: "client-closed", outcome: "none" });
});

test("300 calls that wait for nothing each get their own answer", () => {
  expect(outcomes.get("pipelined")).toBe(300);
});

test("a watch begins with a snapshot, tells changes, and takes another snapshot when the helper was restarted", () => {
  expect(outcomes.get("first snapshot")).toEqual({ type: "snapshot", units: [] });
  expect(outcomes.get("saw the start")).toEqual({ type: "change", unit: DEFAULT });
  expect(outcomes.get("snapshot after the restart")).toMatchObject({
    type: "snapshot",
    units: [{ unit: DEFAULT, activeState: "active" }],
  });
  expect(outcomes.get("saw the stop")).toEqual({ type: "change", unit: DEFAULT });
  expect(outcomes.get("watch aborted")).toEqual({ name: "Error" });
});
