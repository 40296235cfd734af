import type { Server } from "../../examples/hub/hub.ts";
import type { Testbed } from "../../testbed/index.ts";
import { expectSame, expectTrue } from "../check.ts";
import { askHub } from "../hub-client.ts";
import { readStatus } from "../process-status.ts";
import { HELPER_UNIT, HUB_UNIT, type Cast, type Stage } from "../stage.ts";
import { showUnit } from "../unit.ts";

export const SLICE = "jupyterhub-singleuser-zoe.slice";
export const DEFAULT_UNIT = "jupyterhub-singleuser-zoe.service";
export const GPU_UNIT = "jupyterhub-singleuser-zoe@gpu.service";

/** What examples/hub/server.mjs answers. */
interface Page {
  readonly user: string;
  readonly server: string;
  readonly uid: number;
  readonly cgroup: string;
  readonly tokenDigest: string;
}

const FETCH = "console.log(await (await fetch(process.argv[1])).text())";

async function fetchPage(testbed: Testbed, url: string): Promise<Page> {
  const argv = ["node", "--input-type=module", "--eval", FETCH, url];
  return JSON.parse((await testbed.run(argv)).stdout) as Page;
}

export async function mainPid(testbed: Testbed, unit: string): Promise<number> {
  return Number((await showUnit(testbed, unit))["MainPID"]);
}

async function launchServer(testbed: Testbed, path: string, unit: string): Promise<Server> {
  const { status, body } = await askHub(testbed, "POST", path);
  expectSame(`the hub's answer to POST ${path}`, [status, (body as Partial<Server>).unit], [200, unit]);
  return body as Server;
}

/** The page must come from the account, out of its slice, and from whoever got the token of this very server. */
async function checkPage(testbed: Testbed, launched: Server, uid: number): Promise<Page> {
  const { url, unit, server, tokenDigest } = launched;
  const page = await fetchPage(testbed, url);
  const found = { ...page, cgroup: page.cgroup.split("/").slice(-2) };
  expectSame(`the page of ${unit}`, found, { user: "zoe", server, uid, cgroup: [SLICE, unit], tokenDigest });
  return page;
}

/** Someone logs in. */
export async function launch({ testbed, report }: Stage, cast: Cast): Promise<readonly Server[]> {
  report.chapter("Zoe logs in", [DEFAULT_UNIT, GPU_UNIT, HUB_UNIT, HELPER_UNIT]);
  const first = await report.step("the hub launches her default server, and it answers the hub", () =>
    launchServer(testbed, "/users/zoe/server", DEFAULT_UNIT),
  );
  const gpu = await report.step("and one more that she has named gpu", () =>
    launchServer(testbed, "/users/zoe/servers/gpu", GPU_UNIT),
  );
  const servers = [first, gpu];
  for (const launched of servers) {
    await report.step(
      `the page of ${launched.server || "her default server"} says whose it is`,
      async (note) => {
        const { uid, tokenDigest } = await checkPage(testbed, launched, cast.zoe);
        note(`uid ${uid}, in ${SLICE}, with the token ${tokenDigest.slice(0, 12)}…`);
      },
    );
  }
  await report.step("root's unit files decide how they run, and the hub has no say in it", async (note) => {
    for (const { unit } of servers) {
      const { noNewPrivileges, hasNoCapability } = readStatus(testbed, await mainPid(testbed, unit));
      expectSame(
        `the privileges of ${unit}`,
        { noNewPrivileges, hasNoCapability },
        {
          noNewPrivileges: true,
          hasNoCapability: true,
        },
      );
    }
    const { TasksMax, MemoryMax } = await showUnit(testbed, SLICE);
    expectSame(
      "the limits of her slice",
      { TasksMax, MemoryMax },
      { TasksMax: "512", MemoryMax: String(4 * 2 ** 30) },
    );
    note("no privileges; for all her servers together, 512 tasks and 4 GiB of memory");
  });
  await report.step("helperctl shows the admin both", async (note) => {
    const { stdout } = await testbed.run(["helperctl", "list"]);
    for (const { unit } of servers) expectTrue(stdout.includes(unit), `helperctl list does not show ${unit}`);
    // What follows is wider than a terminal.
    const width = stdout.indexOf("MEMORY");
    for (const line of stdout.trimEnd().split("\n")) note(line.slice(0, width).trimEnd());
  });
  return servers;
}
