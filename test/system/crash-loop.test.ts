import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { Caller } from "./caller.ts";
import { invocationOf, whenUp } from "./events.ts";
import { bootWorld } from "./world.ts";

const SERVICE = "helper.service";
const CRASHES = 50;

let testbed: Testbed;
let caller: Caller;

beforeAll(async () => {
  testbed = await bootWorld();
  caller = await Caller.start(testbed);
});

afterAll(async () => {
  await testbed.shutdown();
});

const property = async (unit: string, name: string): Promise<string> =>
  (await testbed.run(["systemctl", "show", "--value", `--property=${name}`, unit])).stdout.trim();

test("a helper that is killed 50 times in a row, with a caller each time, serves the next one", async () => {
  let invocation: string | null = null;
  for (let crash = 0; crash < CRASHES; crash++) {
    // Each caller finds a helper that is there, on its way, or gone, and loses it.
    const line = caller.dial();
    await whenUp(testbed, SERVICE, invocation);
    invocation = invocationOf(testbed, SERVICE);
    await testbed.run(["systemctl", "kill", "--signal=KILL", SERVICE]);
    await line.open;
  }
  expect((await caller.ask("describe")).result).toMatchObject({ name: "hub-helper" });
  expect(await property("helper.socket", "ActiveState")).toBe("active");
  expect(await property("helper.socket", "Result")).toBe("success");
  expect(Number(await property(SERVICE, "NRestarts"))).toBeGreaterThanOrEqual(CRASHES - 1);
});

test("every caller of a helper that dies while it serves is cut off, and is served when it comes again", async () => {
  for (let crash = 0; crash < 10; crash++) {
    const line = await caller.connect();
    expect((await line.request("describe")).result).toMatchObject({ name: "hub-helper" });
    await testbed.run(["systemctl", "kill", "--signal=KILL", SERVICE]);
    await line.closed;
  }
  expect((await caller.ask("describe")).result).toMatchObject({ name: "hub-helper" });
});
