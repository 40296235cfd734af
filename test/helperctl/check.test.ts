import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { NameService } from "../../src/policy/types.ts";
import { names, PolicyDirectory, SAMPLE } from "../policy/support.ts";
import type { Ran } from "./support.ts";
import { ACTED_ON, helperctl } from "./support.ts";

/** The sample lists a pinned name as well, which is warned about. */
const CLEAN = SAMPLE.replace(', "JUPYTERHUB_USER"]', "]");

let directory: PolicyDirectory;

beforeEach(() => {
  directory = new PolicyDirectory();
});

afterEach(() => directory.remove());

const check = (...more: string[]): Promise<Ran> =>
  helperctl(["check", directory.paths.file, ...more], {
    ground: { names, trust: directory.trust, knowsPeerUnits: true },
  });

describe("a policy that loads", () => {
  test("is said to, with what is in it", async () => {
    directory.write(CLEAN);
    expect(await check()).toEqual({
      status: 0,
      printed: `${directory.paths.file} loads: 2 templates, 4 rules, 0 warnings\n`,
      complained: "",
    });
  });

  test("is said to allow nothing yet while it has no rule", async () => {
    directory.write("version = 1\n");
    expect((await check()).printed).toBe(
      `${directory.paths.file} loads: 0 templates, 0 rules, 0 warnings; it allows nothing yet\n`,
    );
  });

  test("is passed over in silence with --quiet", async () => {
    directory.write(SAMPLE, { "Not Read": "" });
    expect(await check("--quiet")).toEqual({ status: 0, printed: "", complained: "" });
  });

  test("is warned about where it smells", async () => {
    directory.write(SAMPLE, { "Not Read": "" });
    const { status, complained } = await check();
    expect(status).toBe(0);
    expect(complained).toMatch(/policy\.d\/Not Read:1:1: warning: is not read: .*\n$/);
  });

  test("is read together with the drop-ins beside it", async () => {
    directory.write(SAMPLE, { "more.toml": '[template.more]\nunit = "more-{user}.service"\n' });
    expect((await check()).printed).toMatch(/ 3 templates,/);
  });
});

describe("a policy that does not load", () => {
  test("has each of its problems told on a line of its own, with its place", async () => {
    directory.write(`version = 2\n${SAMPLE.replace("version = 1\n", "").replace('"jupyter"', '"nemo"')}`);
    const { status, printed, complained } = await check("--quiet");
    expect({ status, printed }).toEqual({ status: 1, printed: "" });
    const lines = complained.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(`${directory.paths.file}:1:1: version must be 1`);
    expect(lines[1]).toMatch(/policy\.toml:\d+:\d+: .*nemo/);
  });

  test("cannot forge a line or move the cursor with a key of its own", async () => {
    directory.write(`version = 1\n"x\\u001b[2J\\n/etc/ok.toml:1:1: \\u202e" = 1\n`);
    const { status, complained } = await check();
    expect(status).toBe(1);
    expect(complained.trimEnd().split("\n")).toHaveLength(1);
    expect(complained).not.toMatch(ACTED_ON);
  });

  test("is one that is missing", async () => {
    const { status, complained } = await check();
    expect(status).toBe(1);
    expect(complained).toBe(`${directory.paths.file}:1:1: ${directory.paths.file} does not exist\n`);
  });

  test("is one in a directory that others may write to, unless told otherwise", async () => {
    directory.write(SAMPLE);
    const { status, complained } = await helperctl(["check", directory.paths.file], { ground: { names } });
    expect(status).toBe(1);
    expect(complained).toMatch(/writable by group or others|must belong to uid 0/);
  });
});

test("a rule whose peer cannot be looked up is a problem of the policy", async () => {
  directory.write(CLEAN);
  const broken: NameService = { ...names, userByName: () => Promise.reject(new Error("no answer")) };
  const ground = { names: broken, trust: directory.trust };
  const { status, complained } = await helperctl(["check", directory.paths.file], { ground });
  expect(status).toBe(1);
  expect(complained).toMatch(/policy\.toml:\d+:\d+: .*jupyter.*no answer/);
});

test("a machine that the policy cannot be judged on is a failure, and no verdict", async () => {
  const { status, complained } = await helperctl(["check", directory.paths.file]);
  expect({ status, complained }).toEqual({ status: 4, complained: "helperctl: no ground is given\n" });
});
