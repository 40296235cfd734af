import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { PolicyGround } from "../../src/helperctl/command.ts";
import type { CheckJson } from "../../src/helperctl/commands/check.ts";
import type { NameService } from "../../src/policy/types.ts";
import { names, PolicyDirectory, SAMPLE } from "../policy/support.ts";
import type { Ran } from "./support.ts";
import { ACTED_ON, helperctl, HOSTILE } from "./support.ts";

/** The sample lists a pinned name as well, which is warned about. */
const CLEAN = SAMPLE.replace(', "JUPYTERHUB_USER"]', "]");

let directory: PolicyDirectory;

beforeEach(() => {
  directory = new PolicyDirectory();
});

afterEach(() => directory.remove());

const ground = (): PolicyGround => ({ names, trust: directory.trust, knowsPeerUnits: true });

const check = (...more: string[]): Promise<Ran> =>
  helperctl(["check", directory.paths.file, ...more], { ground: ground() });

describe("a policy that loads", () => {
  test("is said to, with what is in it", async () => {
    directory.write(CLEAN);
    expect(await check()).toEqual({
      status: 0,
      printed: `${directory.paths.file} loads: 2 templates, 4 rules; 0 errors, 0 warnings\n`,
      complained: "",
    });
  });

  test("is said to allow nothing yet while it has no rule", async () => {
    directory.write("version = 1\n");
    expect((await check()).printed).toBe(
      `${directory.paths.file} loads: 0 templates, 0 rules; 0 errors, 0 warnings; it allows nothing yet\n`,
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
    directory.write(CLEAN, { "more.toml": '[template.more]\nunit = "more-{user}.service"\n' });
    const { printed, complained } = await check();
    expect(printed).toMatch(/ 3 templates,/);
    expect(complained).toMatch(/more\.toml:1:11: warning: no rule lists template more\n/);
  });
});

describe("a policy that does not load", () => {
  test("has each of its problems told with its place, the line, and what mends it", async () => {
    directory.write(`version = 2\n${SAMPLE.replace("version = 1\n", "").replace('"jupyter"', '"nemo"')}`);
    const { status, printed, complained } = await check("--quiet");
    expect({ status, printed }).toEqual({ status: 1, printed: "" });
    expect(complained.split("\n")).toEqual([
      `${directory.paths.file}:1:1: error: version must be 1`,
      "     1 | version = 2",
      "       | ^",
      `${directory.paths.file}:19:10: error: allow.peer.user cannot be matched: there is no user "nemo"; create it or mend the name`,
      '    19 | peer = { user = "nemo" }',
      "       |          ^",
      "    mend: useradd --system nemo",
      "",
    ]);
  });

  test("cannot forge a line or move the cursor with a key of its own", async () => {
    directory.write(`version = 1\n"x\\u001b[2J\\n/etc/ok.toml:1:1: \\u202e" = 1\n`);
    const { status, complained } = await check();
    expect(status).toBe(1);
    expect(complained.trimEnd().split("\n")).toHaveLength(3);
    expect(complained).not.toMatch(ACTED_ON);
  });

  test("cannot do so with the line that is shown, on a terminal either", async () => {
    directory.write(`version = 1\nnemo = "${HOSTILE.replace(/[\n\r]/g, "")}"\n# \u001b[2J\n`);
    const screen = { columns: 80, colour: false };
    const { complained } = await helperctl(["check", directory.paths.file], { ground: ground(), screen });
    expect(complained).toMatch(/2 \| nemo = /);
    expect(complained).not.toMatch(ACTED_ON);
  });

  test("is never shown where others could have put something else in its place", async () => {
    directory.write("nemo = 1\n");
    chmodSync(directory.paths.file, 0o666);
    const { complained } = await check();
    expect(complained).toBe(
      `${directory.paths.file}:1:1: error: ${directory.paths.file} is writable by group or others (mode 0666); chmod go-w it\n` +
        `    mend: chmod go-w ${directory.paths.file}\n`,
    );
  });

  test("is one that is missing", async () => {
    const { status, complained } = await check();
    expect(status).toBe(1);
    expect(complained).toBe(`${directory.paths.file}:1:1: error: ${directory.paths.file} does not exist\n`);
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
  const { status, complained } = await helperctl(["check", directory.paths.file], {
    ground: { ...ground(), names: broken },
  });
  expect(status).toBe(1);
  expect(complained).toMatch(/policy\.toml:\d+:\d+: .*jupyter.*no answer/);
});

test("a machine that the policy cannot be judged on is a failure, and no verdict", async () => {
  const { status, complained } = await helperctl(["check", directory.paths.file]);
  expect({ status, complained }).toEqual({ status: 4, complained: "helperctl: no ground is given\n" });
});

describe("--json", () => {
  test("has every file that was given, in their order, with what was found", async () => {
    directory.write(SAMPLE);
    const missing = join(directory.base, "missing.toml");
    const { status, printed, complained } = await check(missing, "--json");
    const { files } = JSON.parse(printed) as CheckJson;
    expect({ status, complained }).toEqual({ status: 1, complained: "" });
    expect(files).toMatchObject([
      {
        file: directory.paths.file,
        loads: true,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        templates: ["singleuser", "unitgenerator"],
        rules: ["hub", "generator", "admins-look", "confined"],
        units: null,
        findings: [{ code: "policy-warning", severity: "warning", mend: null }],
      },
      {
        file: missing,
        loads: false,
        hash: null,
        templates: [],
        rules: [],
        findings: [{ code: "policy-file" }],
      },
    ]);
  });
});

test("warnings count with --strict alone", async () => {
  directory.write(SAMPLE);
  expect((await check()).status).toBe(0);
  expect((await check("--strict")).status).toBe(1);
});

test.each([
  [
    "template.unitgenerator",
    SAMPLE.replace(', "unitgenerator"]', "]").replace('["unitgenerator"]', '["singleuser"]'),
    "no rule lists template unitgenerator",
  ],
  ["template.singleuser", SAMPLE.replace(' "write-credentials",', ""), "no rule lets anybody write them"],
])("what smells in %s of a policy that loads is a warning", async (_, policy, text) => {
  directory.write(policy);
  const { status, complained } = await check();
  expect(status).toBe(0);
  expect(complained).toContain(text);
});
