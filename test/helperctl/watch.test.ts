import { describe, expect, test } from "@jest/globals";
import type { UnitState } from "../../src/client/index.ts";
import { displayWidth } from "../../src/helperctl/columns.ts";
import { clientOf } from "../client/clients.ts";
import { LineServer, notification, result } from "../client/line-server.ts";
import { unitState } from "../client/states.ts";
import type { Screen } from "../../src/helperctl/screen.ts";
import { PLAIN } from "../../src/helperctl/screen.ts";
import type { Ran } from "./support.ts";
import { ACTED_ON, helperctl, HOSTILE } from "./support.ts";

const TIME = "2030-01-02T03:04:05.000Z";
const ZOE = unitState();
const WASH = unitState({ user: "wash", server: "gpu", unit: "wash@gpu.service" });
const FAILED: Partial<UnitState> = {
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  execMainCode: 1,
  execMainStatus: 203,
};

/** Lets the helper show a snapshot and then changes on each connection; after the last one the watch is over. */
async function watched(
  connections: readonly { units: UnitState[]; changes?: UnitState[] }[],
  args: readonly string[] = [],
  screen: Screen = PLAIN,
): Promise<Ran> {
  await using server = await LineServer.start(async (peer) => {
    const { units, changes = [] } = connections[peer.number] ?? { units: [] };
    for await (const request of peer) {
      peer.send(
        result(request, { subscription: "s", units }),
        ...changes.map((unit) => notification("unit-changed", { subscription: "s", unit })),
      );
      if (peer.number < connections.length - 1) peer.socket.end();
      else peer.send(notification("watch-ended", { subscription: "s" }));
    }
  });
  await using client = clientOf(server);
  return await helperctl(["watch", ...args], { client, screen });
}

const jsonLines = ({ printed }: Ran): unknown[] =>
  printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

describe("watch", () => {
  test("prints a line for each server that there is, and then for each change, with tabs between the fields", async () => {
    const { status, printed, complained } = await watched([
      { units: [ZOE, WASH], changes: [{ ...WASH, ...FAILED }] },
    ]);
    expect(printed).toBe(
      [
        `${TIME}\tzoe\t(default)\tactive (running)\t-`,
        `${TIME}\twash\tgpu\tactive (running)\t-`,
        `${TIME}\twash\tgpu\tfailed (failed)\texit-code, status 203/EXEC`,
        "",
      ].join("\n"),
    );
    expect({ status, complained }).toEqual({
      status: 1,
      complained: "helperctl: The policy no longer allows this watch. Root can ask why: helperctl explain.\n",
    });
  });

  test("tells after a loss only what has changed since", async () => {
    const { printed, complained } = await watched([
      { units: [ZOE, WASH] },
      { units: [{ ...WASH, memoryBytes: 5 }, unitState({ user: "kaylee", unit: "k.service" })] },
    ]);
    expect(printed.split("\n").slice(2)).toEqual([
      `${TIME}\tzoe\t(default)\tgone\t-`,
      `${TIME}\tkaylee\t(default)\tactive (running)\t-`,
      "",
    ]);
    expect(complained).toMatch(/^helperctl: the helper is out of reach; .*\n/);
  });

  test("does not call gone after a loss what it has shown to be down", async () => {
    const down = { ...ZOE, activeState: "inactive", subState: "dead" };
    const { printed } = await watched([{ units: [ZOE], changes: [down] }, { units: [] }]);
    expect(printed.split("\n").slice(1)).toEqual([`${TIME}\tzoe\t(default)\tinactive (dead)\t-`, ""]);
  });

  test("prints an object on each line with --json", async () => {
    const lines = jsonLines(await watched([{ units: [ZOE] }, { units: [] }], ["--json"]));
    expect(lines).toEqual([
      { time: TIME, event: "unit", initial: true, unit: ZOE },
      { time: TIME, event: "synced" },
      { time: TIME, event: "lost" },
      { time: TIME, event: "gone", unit: ZOE },
      { time: TIME, event: "synced" },
    ]);
  });

  test("asks for one user and one template where it is told to", async () => {
    const params: unknown[] = [];
    await using server = await LineServer.start(async (peer) => {
      for await (const request of peer) {
        params.push(request.params);
        peer.fail(request, "denied", {});
      }
    });
    await using client = clientOf(server);
    await helperctl(["watch", "--user", "zoe", "--template", "gpu"], { client });
    expect(params).toEqual([{ user: "zoe", template: "gpu" }]);
  });

  test("exits with 0 when it is interrupted", async () => {
    const interruption = new AbortController();
    await using server = await LineServer.start(async (peer) => {
      for await (const request of peer) {
        peer.reply(request, { subscription: "s", units: [] });
        interruption.abort();
      }
    });
    await using client = clientOf(server);
    const ran = await helperctl(["watch"], { client, interrupted: interruption.signal });
    expect(ran).toEqual({ status: 0, printed: "", complained: "" });
  });

  test.each([[[]], [["--json"]]])("keeps hostile text from the terminal, with %j as well", async (args) => {
    const hostile = unitState({ user: HOSTILE, server: HOSTILE, subState: HOSTILE, result: HOSTILE });
    const { printed } = await watched([{ units: [hostile] }], args);
    // The tabs between the fields are ours.
    expect(printed.split("\t")).toHaveLength(args.length === 0 ? 5 : 1);
    expect(printed.replaceAll("\t", " ")).not.toMatch(ACTED_ON);
    expect(printed.trimEnd().split("\n")).toHaveLength(args.length === 0 ? 1 : 2);
  });

  test("is never wider than the terminal, and aligned there", async () => {
    const wide = unitState({ user: "u".repeat(90), server: "数".repeat(60), result: HOSTILE });
    const screen = { columns: 80, colour: false };
    const { printed } = await watched([{ units: [wide, ZOE, WASH] }], [], screen);
    const lines = printed.trimEnd().split("\n");
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
    expect(lines[1]?.indexOf("active")).toBe(lines[2]?.indexOf("active"));
  });
});
