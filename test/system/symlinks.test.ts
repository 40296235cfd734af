import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { Caller, type Line, type Reply } from "./caller.ts";
import { isThere } from "./events.ts";
import { CREDENTIALS, RUN, stagedAt, stagedFor, TAKES_CREDENTIALS } from "./staged.ts";
import { bootWorld, writeUnit } from "./world.ts";

const ZOE = { user: "zoe" };
const UNIT = "jupyterhub-singleuser-zoe.service";
const SET = stagedAt(UNIT);
/** What a link leads to: root's own, and nothing of the helper's. */
const OUTSIDE = "/opt/outside";

let testbed: Testbed;
let caller: Caller;
let line: Line;

beforeAll(async () => {
  testbed = await bootWorld();
  await writeUnit(testbed, "zoe", TAKES_CREDENTIALS);
  caller = await Caller.start(testbed);
});

afterAll(async () => {
  await testbed.shutdown();
});

const shell = (script: string) => testbed.run(["sh", "-euc", script]);

/** Everything about what lies outside: names, owners, modes, sizes, inodes, times of change, and bytes. */
const outside = async (): Promise<string> =>
  (await shell(`cd ${OUTSIDE}; find . -printf '%p %U %m %s %i %C@\\n' | sort; find . -type f -exec cat {} +`))
    .stdout;

beforeEach(async () => {
  await shell(`rm -rf ${OUTSIDE}; mkdir -p ${OUTSIDE}/${UNIT} ${OUTSIDE}${SET.slice(RUN.length)}
    for name in sets units staging; do mkdir ${OUTSIDE}/$name; done
    for directory in ${OUTSIDE}/${UNIT} ${OUTSIDE}${SET.slice(RUN.length)}; do
      echo precious >$directory/env; echo precious >$directory/keyfile
    done
    echo precious >${OUTSIDE}/file; chmod -R go= ${OUTSIDE}`);
  line = await caller.connect();
  await line.request("stop", ZOE);
  await line.request("write-credentials", { ...ZOE, files: { keyfile: { text: "mine" } } });
});

const VERBS: readonly (readonly [string, object])[] = [
  ["write-credentials", { files: { keyfile: { text: "mine" } } }],
  ["start", {}],
  ["stop", {}],
  ["remove-credentials", {}],
];

/** Every method that has to do with what is staged, in the order of a server's life. */
async function callEverything(): Promise<Map<string, Reply>> {
  const replies = new Map<string, Reply>();
  for (const [method, params] of VERBS) {
    replies.set(method, await line.request(method, { ...ZOE, ...params }));
    replies.set(`status after ${method}`, await line.request("status", ZOE));
    replies.set(`list after ${method}`, await line.request("list"));
  }
  return replies;
}

async function plant(component: string, target: string): Promise<void> {
  await shell(`mkdir -p /run/aside; mv ${component} /run/aside/real; ln -s ${target} ${component}`);
}

async function putBack(component: string): Promise<void> {
  await shell(`rm -f ${component}; mv /run/aside/real ${component}`);
}

const errorsOf = (replies: Map<string, Reply>) =>
  [...replies].flatMap(([call, { error }]) => (error ? [{ call, ...error.data }] : []));

async function expectUnavailable(component: string): Promise<void> {
  const replies = await callEverything();
  // Where no set could be written, the unit itself misses it.
  if (replies.get("start")?.error?.data.code === "job-failed") replies.delete("start");
  const errors = errorsOf(replies);
  expect(errors).not.toEqual([]);
  const problem = `${component} is a symbolic link or no directory; put the directory itself there`;
  for (const { call, ...error } of errors) {
    expect({ call, ...error }).toEqual({ call, code: "unavailable", outcome: "none", problem });
  }
}

describe.each([
  ["the directory of the helper", RUN, OUTSIDE],
  ["the room of the credentials", `${RUN}/credentials`, `${OUTSIDE}/credentials`],
  ["a directory above a set", `${CREDENTIALS}/jupyterhub`, `${OUTSIDE}/credentials/jupyterhub`],
  ["the room where sets are prepared", `${RUN}/staging`, `${OUTSIDE}/staging`],
  ["the room of what is remembered of sets", `${RUN}/sets`, `${OUTSIDE}/sets`],
  ["the room of what is remembered of starts", `${RUN}/units`, `${OUTSIDE}/units`],
])("a link in the place of %s", (_, component, target) => {
  test("is not followed, by a helper that runs or by one that starts, and is survived", async () => {
    const before = await outside();
    await plant(component, target);
    try {
      await expectUnavailable(component);
      await testbed.run(["systemctl", "stop", "helper.service"]);
      // With its directory the socket's own path is gone: nobody can start the helper.
      if (component !== RUN) {
        line = await caller.connect();
        await expectUnavailable(component);
      }
    } finally {
      await putBack(component);
    }
    expect(await outside()).toBe(before);
    line = await caller.connect();
    expect(errorsOf(await callEverything())).toEqual([]);
    expect(await outside()).toBe(before);
  });
});

describe("a link in a place that the helper replaces", () => {
  test.each([
    ["a unit's set", SET, `${OUTSIDE}/${UNIT}`],
    ["what is remembered of a set", `${RUN}/sets/${UNIT}`, `${OUTSIDE}/file`],
    ["what is remembered of a start", `${RUN}/units/${UNIT}`, `${OUTSIDE}/file`],
    ["a file of a set", `${SET}/keyfile`, `${OUTSIDE}/file`],
  ])(
    "%s: is replaced or removed, and what it leads to is not touched, read or shown",
    async (_, path, target) => {
      const before = await outside();
      await shell(`rm -rf ${path}; ln -s ${target} ${path}`);
      const shown = await line.request("status", ZOE);
      expect(JSON.stringify(shown.result)).not.toContain(`{"name":"keyfile","bytes":9}`);
      const replies = await callEverything();
      expect(errorsOf(replies)).toEqual([]);
      expect(await outside()).toBe(before);
      expect(isThere(testbed, path)).toBe(false);
    },
  );

  test.each([
    [SET, `${OUTSIDE}/${UNIT}`, "directory"],
    [`${SET}/keyfile`, `${OUTSIDE}/file`, "regular file"],
  ])("%s: nothing is started with it, because PID 1 would follow it", async (path, target, kind) => {
    await shell(`rm -rf ${path}; ln -s ${target} ${path}`);
    expect((await line.request("start", ZOE)).error?.data).toEqual({
      code: "unavailable",
      outcome: "none",
      problem: `${path} is not a ${kind}`,
    });
    expect((await line.request("status", ZOE)).result).toMatchObject({ activeState: "inactive" });
  });

  test("a link in the place of a unit's set is taken away by remove-credentials, and not followed", async () => {
    const before = await outside();
    const path = SET;
    await shell(`rm -rf ${path}; ln -s ${OUTSIDE}/${UNIT} ${path}`);
    expect((await line.request("remove-credentials", ZOE)).result).toEqual({ unit: UNIT, removed: 0 });
    expect(isThere(testbed, path)).toBe(false);
    expect(await outside()).toBe(before);
  });

  test("the set that takes a link's place is whole, and the unit gets it", async () => {
    const path = SET;
    await shell(`rm -rf ${path}; ln -s ${OUTSIDE}/${UNIT} ${path}`);
    await line.request("write-credentials", { ...ZOE, files: { keyfile: { text: "mine" } } });
    expect(stagedFor(testbed, UNIT)).toMatchObject({ keyfile: "mine" });
    expect((await line.request("start", ZOE)).result).toMatchObject({ activeState: "active" });
  });
});
