import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { runProgram } from "./program.ts";
import type { ClientsReport } from "./programs/many-clients.ts";
import { bootWorld } from "./world.ts";

const CLIENTS = 1000;
const SIDE_BY_SIDE = 8;
/** Some find a helper that is busy with others, some one that is leaving, and some none. */
const LONGEST_GAP_MS = 300;

let testbed: Testbed;
beforeAll(async () => {
  testbed = await bootWorld({ limits: { idle_exit_seconds: 0.001 } });
});
afterAll(async () => {
  await testbed.shutdown();
});

test("1000 clients at random gaps against an idle time of 1 ms are all served, and the socket stays", async () => {
  const report = await runProgram<ClientsReport>(
    testbed,
    "many-clients",
    [CLIENTS, SIDE_BY_SIDE, LONGEST_GAP_MS],
    { timeoutMs: 150_000 },
  );
  expect(report).toMatchObject({ served: CLIENTS, failures: [] });
  expect((await testbed.run(["systemctl", "is-active", "helper.socket"])).stdout).toBe("active\n");
  // Without many ends in between the test would say nothing.
  const ends = (await testbed.journal({ unit: "helper.service" })).filter(({ MESSAGE = "" }) =>
    MESSAGE.includes("Deactivated successfully"),
  );
  expect(ends.length).toBeGreaterThan(50);
});
