import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cpuUsecOf, groupOf, numberIn } from "../../../src/helperctl/top/cgroup.ts";
import { Sampler } from "../../../src/helperctl/top/sampler.ts";
import { unitState } from "../../client/states.ts";

const ZOE = unitState({ mainPid: 4711, invocationId: "a".repeat(32) });
const GROUP = `cgroup/system.slice/${ZOE.unit}`;
let root: string;

const put = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sampler-"));
  await put({
    "proc/4711/cgroup": `0::/system.slice/${ZOE.unit}\n`,
    [`${GROUP}/memory.current`]: "1048576\n",
    [`${GROUP}/pids.current`]: "17\n",
    [`${GROUP}/cpu.stat`]: "usage_usec 1000000\nuser_usec 1\n",
  });
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const sampler = (): Sampler => new Sampler({ proc: join(root, "proc"), cgroup: join(root, "cgroup") });

describe("a sample", () => {
  test("has memory and tasks at once, and CPU over the time between two", async () => {
    const samples = sampler();
    expect(samples.sample([ZOE], 1_000).get(ZOE.unit)).toEqual({
      memoryBytes: 1048576,
      tasks: 17,
      cpuPercent: null,
    });
    await put({ [`${GROUP}/cpu.stat`]: "usage_usec 1500000\n" });
    expect(samples.sample([ZOE], 3_000).get(ZOE.unit)?.cpuPercent).toBe(25);
  });

  test("lacks what a controller that is off does not count", async () => {
    await rm(join(root, GROUP, "memory.current"));
    expect(sampler().sample([ZOE], 0).get(ZOE.unit)).toMatchObject({ memoryBytes: null, tasks: 17 });
  });

  test("begins anew with another run of the unit", async () => {
    const samples = sampler();
    samples.sample([ZOE], 1_000);
    const again = { ...ZOE, mainPid: 4712, invocationId: "b".repeat(32) };
    await put({
      "proc/4712/cgroup": `0::/system.slice/${ZOE.unit}\n`,
      [`${GROUP}/cpu.stat`]: "usage_usec 10\n",
    });
    expect(samples.sample([again], 3_000).get(ZOE.unit)?.cpuPercent).toBeNull();
  });

  test("has nothing of a unit without a process, and nothing where the process is not to be seen", () => {
    const down = { ...ZOE, mainPid: null };
    const hidden = { ...ZOE, mainPid: 99 };
    expect([sampler().sample([down], 0), sampler().sample([hidden], 0)]).toEqual([new Map(), new Map()]);
  });

  test("has nothing of a process that is another unit's by now", async () => {
    await put({ "proc/4711/cgroup": "0::/system.slice/other.service\n" });
    expect(sampler().sample([ZOE], 0)).toEqual(new Map());
  });
});

test.each([
  ["0::/system.slice/u.service\n", "/system.slice/u.service"],
  ["12:pids:/x\n0::/a.slice/u.service/below/it\n", "/a.slice/u.service"],
  ["0::/system.slice/other.service\n", null],
  ["0::/../u.service\n", null],
  ["1:name=systemd:/u.service\n", null],
  ["", null],
])("the control group in %j is %j", (text, group) => {
  expect(groupOf(text, "u.service")).toBe(group);
});

test("numbers are read where they are, and nothing else is one", () => {
  expect([numberIn("12\n"), numberIn("max\n"), numberIn("-1\n"), numberIn(null)]).toEqual([
    12,
    null,
    null,
    null,
  ]);
  expect([cpuUsecOf("usage_usec 5\n"), cpuUsecOf("user_usec 5\n"), cpuUsecOf(null)]).toEqual([5, null, null]);
});
