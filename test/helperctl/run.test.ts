import { describe, expect, test } from "@jest/globals";
import { COMMANDS } from "../../src/helperctl/commands.ts";
import { EXIT } from "../../src/helperctl/exit-status.ts";
import { HelperClient } from "../../src/client/index.ts";
import type { ErrorCode, ErrorDetails } from "../../src/protocol/errors.ts";
import { clientOf } from "../client/clients.ts";
import { LineServer } from "../client/line-server.ts";
import type { Ran } from "./support.ts";
import { ACTED_ON, helperctl, HOSTILE } from "./support.ts";

describe("helperctl", () => {
  test.each([["help"], ["--help"], ["-h"]])("%s lists every command and every exit status", async (word) => {
    const { status, printed } = await helperctl([word]);
    expect(status).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(printed).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const exit of Object.values(EXIT)) expect(printed).toMatch(new RegExp(`^  ${exit}  \\S`, "m"));
  });

  test("--version prints the version", async () => {
    expect(await helperctl(["--version"])).toEqual({ status: 0, printed: "1.2.3\n", complained: "" });
  });

  test.each(Object.keys(COMMANDS))("help %s says the same as its --help", async (name) => {
    const { status, printed } = await helperctl(["help", name]);
    expect(status).toBe(0);
    expect(printed.startsWith(`usage: helperctl ${name}`)).toBe(true);
    expect((await helperctl([name, "--help"])).printed).toBe(printed);
  });

  test.each([
    [[], /command is missing/],
    [["frobnicate"], /no command frobnicate;/],
    [["constructor"], /no command constructor;/],
    [["--json", "status"], /no option --json;/],
    [["help", "frobnicate"], /no command frobnicate;/],
    [["help", "list", "check"], /takes one command/],
    [["list", "--frobnicate"], /no option --frobnicate\./],
    [["list", "zoe"], /"zoe" is one word too many/],
  ])("%j exits with 2 and a sentence", async (args, sentence) => {
    const { status, printed, complained } = await helperctl(args);
    expect({ status, printed }).toEqual({ status: 2, printed: "" });
    expect(complained).toMatch(sentence);
    expect(complained.trimEnd().split("\n")).toHaveLength(1);
  });

  test("shows a hostile word without obeying it", async () => {
    const { complained } = await helperctl([HOSTILE]);
    expect(complained).not.toMatch(ACTED_ON);
    expect(complained.trimEnd().split("\n")).toHaveLength(1);
  });
});

const REFUSALS: readonly (readonly [string, number, ErrorCode, ErrorDetails[ErrorCode]])[] = [
  ["a denial", 1, "denied", {}],
  ["params that are not right", 2, "invalid-params", { path: "user", problem: HOSTILE }],
  ["a helper without a policy", 4, "unavailable", { problem: "policy", outcome: "none" }],
  ["a bug in the helper", 4, "internal", { incident: "i-1" }],
];

/** Runs a command line against a helper that answers with an error. */
async function refused(
  code: ErrorCode,
  details: ErrorDetails[ErrorCode],
  args: readonly string[] = ["list"],
): Promise<Ran> {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) peer.fail(request, code, details);
  });
  return await helperctl(args, { client: clientOf(server) });
}

describe("the exit status", () => {
  test.each(REFUSALS)("of %s is %i", async (_, expected, code, details) => {
    const { status, printed, complained } = await refused(code, details);
    expect({ status, printed }).toEqual({ status: expected, printed: "" });
    expect(complained).toMatch(/^helperctl: .*\.\n$/);
    expect(complained).not.toMatch(ACTED_ON);
  });

  test("of an explain by somebody else than root is 4, as 1 would be a verdict", async () => {
    expect(await refused("denied", {}, ["explain", "--as", "990", "start", "zoe"])).toEqual({
      status: 4,
      printed: "",
      complained: "helperctl: explain is for root alone: it tells what others may do.\n",
    });
  });

  test("of a helper that cannot be reached is 3", async () => {
    const client = new HelperClient({ socketPath: "/nowhere/helper.sock", checkPath: false, retry: false });
    const { status, complained } = await helperctl(["status"], { client });
    expect(status).toBe(3);
    expect(complained).toMatch(/no socket at \/nowhere\/helper\.sock/);
  });

  test("of a socket that somebody else could have put there is 3", async () => {
    await using server = await LineServer.start(() => undefined);
    const { status } = await helperctl(["status"], { client: clientOf(server, { checkPath: true }) });
    expect(status).toBe(3);
  });

  test("of a helper that goes away before it answers is 3", async () => {
    await using server = await LineServer.start(async (peer) => {
      for await (const request of peer) if (request.method === "describe") peer.socket.destroy();
    });
    const { status } = await helperctl(["status"], { client: clientOf(server) });
    expect(status).toBe(3);
  });
});
