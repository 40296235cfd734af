import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "@jest/globals";
import type { WatchLine } from "../../src/helperctl/watch/line.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

test("helperctl watch tells of each change at once, and ends with 0 when it is interrupted", async () => {
  const unit = await stage.server("amos");
  const child = stage.testbed.spawn(["helperctl", "watch", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const seen: string[] = [];
  const stages = { synced: "start", active: "stop", inactive: null } as const;
  if (child.stdout === null) throw new Error("there is no pipe");
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as WatchLine;
    const state = line.event === "unit" ? line.unit.activeState : line.event;
    if (seen.at(-1) !== state) seen.push(state);
    const verb = Object.hasOwn(stages, state) ? stages[state as keyof typeof stages] : undefined;
    if (verb === null) child.kill("SIGTERM");
    else if (verb !== undefined) await stage.testbed.run(["systemctl", "--no-block", verb, unit]);
  }
  expect(await ended).toEqual([0, null]);
  expect(seen).toEqual(expect.arrayContaining(["synced", "active", "inactive"]));
});

test("helperctl watch ends quietly when nobody reads any more", async () => {
  const unit = await stage.server("zoe2", [], ["StartLimitIntervalSec=0"]);
  await stage.testbed.run(["systemctl", "start", unit]);
  const script = `
    { helperctl watch; echo "status $?" >&2; } | head -n 1 &
    while kill -0 $!; do systemctl restart ${unit}; done 2>/dev/null
    wait $!`;
  const { stdout, stderr } = await stage.testbed.run(["bash", "-c", script]);
  expect(stdout).toMatch(/^[-0-9T:.]+Z\tzoe2\t\(default\)\t[^\t\n]+\t-\n$/);
  expect(stderr).toBe("status 0\n");
});
