import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../src/policy/load.ts";
import { PolicyError, renderProblem } from "../../src/policy/problem.ts";
import { MAX_FILE_BYTES } from "../../src/policy/read-files.ts";
import type { NameService } from "../../src/policy/types.ts";
import { PolicyDirectory, SAMPLE, names } from "./support.ts";

let directory: PolicyDirectory;

beforeEach(() => {
  directory = new PolicyDirectory();
});

afterEach(() => directory.remove());

const TEMPLATE = `version = 1
[template.t]
unit = "unit-{user}.service"
`;

const RULE = `[[allow]]
name = "hub"
peer = { user = "jupyter" }
methods = ["start"]
templates = ["t"]
target = { group = "jupyterhub" }
`;

const GOOD = TEMPLATE + RULE;

const swap = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

const credentials = (lines: string): string => `${TEMPLATE}[template.t.credentials]\n${lines}\n`;

/** [what, the file, line, column, what the sentence says] */
const BROKEN: readonly (readonly [string, string, number, number, RegExp])[] = [
  ["not TOML", "version = 1\nlimits = = 2\n", 2, 10, /not TOML/],
  ["a key that stands twice", "version = 1\nversion = 1\n", 2, 1, /not TOML/],
  ["no version", "[template]\n", 1, 1, /version is missing/],
  ["version 2", GOOD.replace("version = 1", "version = 2"), 1, 1, /must be 1/],
  ["version as a string", GOOD.replace("version = 1", 'version = "1"'), 1, 1, /must be 1/],
  ["an unknown table", `${GOOD}[limit]\nframe_bytes = 1\n`, 10, 2, /limit is not a known key/],
  [
    "an unknown key in a template",
    `${TEMPLATE}units = "x"\n`,
    4,
    1,
    /units is not a known key; known here: /,
  ],
  ["a key named constructor", `${TEMPLATE}constructor = 1\n`, 4, 1, /constructor is not a known key/],
  ["a key named __proto__", `${TEMPLATE}__proto__ = 1\n`, 4, 1, /__proto__ is not a known key/],
  ["an unknown key in a rule", `${GOOD}deny = true\n`, 10, 1, /deny is not a known key/],
  ["a wrong type", swap('unit = "unit-{user}.service"', "unit = 7"), 3, 1, /unit must be a string/],
  ["a date for a table", "version = 1\ntemplate = 1979-05-27\n", 2, 1, /must be a table/],
  ["a list for a table", "version = 1\nlimits = []\n", 2, 1, /must be a table/],
  ["a table for rules", "version = 1\n[allow]\n", 2, 2, /allow must be a list/],
  ["a limit below its range", "version = 1\n[limits]\nframe_bytes = 0\n", 3, 1, /integer from 1024/],
  ["a limit above its range", "version = 1\n[limits]\nconnections = 1000000\n", 3, 1, /to 65536/],
  ["a fractional count", "version = 1\n[limits]\nverbs_burst = 1.5\n", 3, 1, /must be an integer/],
  ["infinity", "version = 1\n[limits]\nidle_exit_seconds = inf\n", 3, 1, /must be a number from 0.001/],
  ["nan", "version = 1\n[limits]\nidle_exit_seconds = nan\n", 3, 1, /must be a number from 0.001/],
  ["an unknown limit", "version = 1\n[limits]\nframes = 1\n", 3, 1, /not a known key/],
  ["no unit", "version = 1\n[template.t]\ndefault = true\n", 2, 11, /template\.t\.unit is missing/],
  ["a pattern without {user}", swap("{user}", "user"), 3, 1, /must hold \{user\} once/],
  ["a pattern with {server}", swap("{user}", "{user}@{server}"), 3, 1, /no place for \{server\}/],
  ["a pattern that begins with {user}", swap("unit-{user}", "{user}"), 3, 1, /four literal characters/],
  ["a pattern that is no service", swap(".service", ".socket"), 3, 1, /must end in \.service/],
  ["a pattern that is too long", swap("unit-", `${"u".repeat(255)}-`), 3, 1, /longer than/],
  [
    "a named pattern whose placeholders touch",
    `${TEMPLATE}named_unit = "unit-{user}-{server}.service"\n`,
    4,
    1,
    /apart by @ or :/,
  ],
  [
    "two templates whose names could meet",
    `${TEMPLATE}[template.u]\nunit = "unit-{user}_x.service"\n`,
    5,
    1,
    /could yield the same unit name/,
  ],
  [
    "a name for a template that is none",
    'version = 1\n[template."a b"]\nunit = "unit-{user}.service"\n',
    2,
    11,
    /not a template name/,
  ],
  [
    "two defaults",
    `${TEMPLATE}default = true\n[template.u]\nunit = "other-{user}.service"\ndefault = true\n`,
    7,
    1,
    /one too many/,
  ],
  ["settle_ms above its range", `${TEMPLATE}settle_ms = 60001\n`, 4, 1, /from 0 to 60000/],
  ["run_as that is no account name", `${TEMPLATE}run_as = "0"\n`, 4, 1, /must be "\{user\}" or/],
  [
    "credentials of a root unit",
    `${TEMPLATE}run_as = "root"\n[template.t.credentials]\nenv = ["A"]\n`,
    5,
    13,
    /is not for a unit that runs as root/,
  ],
  ["LD_PRELOAD in env", credentials('env = ["A", "LD_PRELOAD"]'), 5, 13, /"LD_PRELOAD" is never let through/],
  ["a forbidden name in another case", credentials('env = ["Http_Proxy"]'), 5, 8, /never let through/],
  [
    "a forbidden name that is pinned",
    credentials('env_pinned = { PATH = "/x" }'),
    5,
    16,
    /never let through/,
  ],
  ["an environment name that is none", credentials('env = ["A-B"]'), 5, 8, /not an environment name/],
  [
    "an unknown placeholder in a pin",
    credentials('env_pinned = { A = "{name}" }'),
    5,
    16,
    /placeholders are/,
  ],
  ["a line break in a pin", credentials('env_pinned = { A = "a\\nb" }'), 5, 16, /no line break/],
  ["env among the files", credentials('files = ["env"]'), 5, 10, /is taken/],
  ["a credential file with a slash", credentials('files = ["../x"]'), 5, 10, /not a credential name/],
  ["max_bytes above systemd's own", credentials("max_bytes = 1048577"), 5, 1, /from 1 to 1048576/],
  ["a rule without a name", swap('name = "hub"\n', ""), 4, 1, /name is missing/],
  ["a rule whose name has a line break", swap('"hub"', '"h\\nb"'), 5, 1, /control character/],
  ["a duplicate rule name", `${GOOD}${RULE}`, 11, 1, /"hub" is taken/],
  ["a rule without a peer", swap('peer = { user = "jupyter" }\n', ""), 4, 1, /peer is missing/],
  [
    "a peer without user and group",
    swap('user = "jupyter"', 'unit = "a.service"'),
    6,
    1,
    /neither a user nor a group/,
  ],
  ["a peer who does not exist", swap('"jupyter"', '"ghost"'), 6, 10, /there is no user "ghost"/],
  [
    "a group that does not exist",
    swap('user = "jupyter"', 'group = "ghosts"'),
    6,
    10,
    /there is no group "ghosts"/,
  ],
  ["nobody as a peer", swap('"jupyter"', '"nobody"'), 6, 10, /is never a peer/],
  ["a peer unit that is none", swap('"jupyter"', '"jupyter", unit = "a b"'), 6, 28, /not the name of a unit/],
  ["an unknown method", swap('"start"', '"start", "explain"'), 7, 21, /"explain" is not a method of a rule/],
  ["no methods", swap('["start"]', "[]"), 7, 1, /is empty/],
  ["an unknown template", swap('["t"]', '["t", "u"]'), 8, 19, /lists "u", and there is no template/],
  ["no templates", swap('["t"]', "[]"), 8, 1, /is empty/],
  [
    "a target without users and group",
    swap('group = "jupyterhub"', "min_uid = 1000"),
    9,
    1,
    /neither users nor a group/,
  ],
  ["no users", swap('group = "jupyterhub"', "users = []"), 9, 12, /is empty/],
  [
    "a user name that is none",
    swap('group = "jupyterhub"', 'users = ["zoe", "1000"]'),
    9,
    28,
    /"1000" is not a user name/,
  ],
  ["min_uid 0", swap('"jupyterhub"', '"jupyterhub", min_uid = 0'), 9, 34, /from 500/],
  ["min_uid 499", swap('"jupyterhub"', '"jupyterhub", min_uid = 499'), 9, 34, /from 500/],
];

describe("a broken policy file", () => {
  test.each(BROKEN)("is refused where the mistake is: %s", async (_, text, line, column, sentence) => {
    const problems = await directory.write(text).problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: directory.paths.file, line, column });
    expect(problems[0]?.text).toMatch(sentence);
  });

  test("is refused when it is not UTF-8", async () => {
    const problems = await directory.write(Buffer.from([0x61, 0xff])).problems();
    expect(problems).toMatchObject([{ line: 1, column: 1, text: "this is not UTF-8" }]);
  });

  test("has all its problems told at once, in the order of the files", async () => {
    const text = `version = 2\n[limits]\nfoo = 1\nbar = 2\n${RULE.replace("jupyter", "ghost")}`;
    const problems = await directory.write(text, { "a.toml": "version = 1\n[oops]\n" }).problems();
    expect(problems.map((each) => [each.file?.endsWith("a.toml"), each.line])).toEqual([
      [false, 1],
      [false, 3],
      [false, 4],
      [false, 7],
      [false, 9],
      [true, 1],
      [true, 2],
    ]);
  });

  test("does not make a rule be blamed for a template in another file that is not TOML", async () => {
    const problems = await directory
      .write(GOOD.replace("[template.t]", "[template.u]"), { "b.toml": "=" })
      .problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.text).toMatch(/not TOML/);
  });

  test("is told of as file:line:column: text", async () => {
    const error: unknown = await directory
      .write("version = 2\n")
      .load()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PolicyError);
    const line = `${directory.paths.file}:1:1: version must be 1`;
    expect((error as PolicyError).message).toBe(line);
    expect((error as PolicyError).problems.map(renderProblem)).toEqual([line]);
    expect(renderProblem({ text: "alone" })).toBe("alone");
  });
});

describe("a file that somebody else could have written", () => {
  const CASES: readonly (readonly [string, () => void, RegExp])[] = [
    ["writable by its group", () => chmodSync(directory.paths.file, 0o664), /mode 0664/],
    ["writable by others", () => chmodSync(directory.paths.file, 0o646), /mode 0646/],
    ["in a directory that others write to", () => chmodSync(directory.base, 0o777), /mode 0777/],
    [
      "a symbolic link",
      () => {
        renameSync(directory.paths.file, join(directory.base, "real.toml"));
        symlinkSync("real.toml", directory.paths.file);
      },
      /symbolic link/,
    ],
    [
      "a directory",
      () => {
        renameSync(directory.paths.file, join(directory.base, "real.toml"));
        mkdirSync(directory.paths.file);
      },
      /not a regular file/,
    ],
    [
      "a pipe that nobody writes to",
      () => {
        renameSync(directory.paths.file, join(directory.base, "real.toml"));
        execFileSync("mkfifo", ["-m", "644", directory.paths.file]);
      },
      /not a regular file/,
    ],
    ["missing", () => renameSync(directory.paths.file, join(directory.base, "real.toml")), /does not exist/],
    [
      "longer than a policy can be",
      () => writeFileSync(directory.paths.file, "#".repeat(MAX_FILE_BYTES + 1)),
      /longer than/,
    ],
  ];

  test.each(CASES)("is refused: %s", async (_, spoil, sentence) => {
    directory.write(GOOD);
    spoil();
    const problems = await directory.problems();
    expect(problems[0]).toMatchObject({ file: directory.paths.file, line: 1, column: 1 });
    expect(problems[0]?.text).toMatch(sentence);
  });

  test("is refused behind a directory that is a link", async () => {
    directory.write(GOOD);
    mkdirSync(join(directory.base, "real"), { mode: 0o755 });
    directory.writeFile(join(directory.base, "real", "policy.toml"), GOOD);
    symlinkSync("real", join(directory.base, "link"));
    const paths = { ...directory.paths, file: join(directory.base, "link", "policy.toml") };
    await expect(loadPolicy(names, paths, { trust: directory.trust })).rejects.toThrow(
      /link is a symbolic link/,
    );
  });

  test("is refused when it belongs to another uid", async () => {
    directory.write(GOOD);
    const trust = { ...directory.trust, owner: directory.trust.owner + 1 };
    await expect(loadPolicy(names, directory.paths, { trust })).rejects.toThrow(/must belong to uid/);
  });

  test("is refused outside the trusted base, and by a path with dots", async () => {
    directory.write(GOOD);
    const load = (file: string) =>
      loadPolicy(names, { ...directory.paths, file }, { trust: directory.trust });
    await expect(load("/etc/passwd")).rejects.toThrow(/not a plain path/);
    await expect(load(`${directory.base}/policy.d/../policy.toml`)).rejects.toThrow(/not a plain path/);
  });

  test("is refused by default below a directory that everybody writes to", async () => {
    directory.write(GOOD);
    await expect(loadPolicy(names, directory.paths)).rejects.toThrow(PolicyError);
  });

  test("is refused among the drop-ins", async () => {
    directory.write(GOOD, { "a.toml": "", "b.toml": "" });
    chmodSync(join(directory.paths.dropins, "b.toml"), 0o666);
    const problems = await directory.problems();
    expect(problems).toMatchObject([{ file: join(directory.paths.dropins, "b.toml"), line: 1, column: 1 }]);
  });

  test("is refused among drop-ins whose directory others write to", async () => {
    directory.write(GOOD, { "a.toml": "" });
    chmodSync(directory.paths.dropins, 0o775);
    expect((await directory.problems()).every(({ text }) => text.includes("mode 0775"))).toBe(true);
  });
});

describe("drop-ins", () => {
  test("add templates and rules in byte order, after the policy file", async () => {
    const rule = (name: string): string => RULE.replace("hub", name);
    const policy = await directory
      .write(GOOD, {
        "b.toml": rule("b"),
        "a-b.toml": rule("a-b"),
        "a.toml": `[template.u]\nunit = "other-{user}.service"\n${rule("a")}`,
      })
      .load();
    expect(policy.rules.map(({ name }) => name)).toEqual(["hub", "a-b", "a", "b"]);
    expect([...policy.templates.keys()]).toEqual(["t", "u"]);
    expect(policy.rules[2]?.place).toEqual({
      file: join(directory.paths.dropins, "a.toml"),
      line: 3,
      column: 1,
    });
  });

  test("are ignored with a warning where their name is not that of a drop-in", async () => {
    const policy = await directory.write(GOOD, { "A.toml": "=", "a.toml~": "=", "a.toml": "" }).load();
    expect(policy.warnings.map(({ file }) => file)).toEqual(
      ["A.toml", "a.toml~"].map((name) => join(directory.paths.dropins, name)),
    );
  });

  test.each([
    ["version", "version = 1\n", /version stands in .* alone/],
    ["limits", "[limits]\n", /limits stands in .* alone/],
    ["a template that is defined already", TEMPLATE.replace("version = 1\n", ""), /t is defined already/],
    ["a rule name that is taken", RULE, /"hub" is taken/],
    ["a template that could meet another", '[template.u]\nunit = "unit-{user}_x.service"\n', /could yield/],
  ])("cannot hold %s", async (_, text, sentence) => {
    const problems = await directory.write(GOOD, { "a.toml": text }).problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.file).toBe(join(directory.paths.dropins, "a.toml"));
    expect(problems[0]?.text).toMatch(sentence);
  });
});

describe("a good policy", () => {
  test("loads with its defaults, and is frozen to the bottom", async () => {
    const policy = await directory.write(SAMPLE).load();
    expect(policy.limits).toEqual({
      frame_bytes: 524288,
      frame_seconds: 10,
      connections: 256,
      connections_per_uid: 64,
      in_flight_per_uid: 2048,
      verbs_per_second: 200,
      verbs_burst: 2000,
      idle_exit_seconds: 60,
    });
    const [template] = [...policy.templates.values()];
    expect(template).toMatchObject({ name: "singleuser", default: true, runAs: null, settleMs: 0 });
    expect(template?.place).toMatchObject({ line: 3 });
    expect(template?.credentials?.maxBytes).toBe(65536);
    expect(policy.rules[0]).toMatchObject({ name: "hub", peer: { user: "jupyter", uid: 990 } });
    expect(() => (policy.rules as unknown[]).push(1)).toThrow(TypeError);
    expect(() => (policy.templates as unknown as Map<string, unknown>).clear()).toThrow(TypeError);
    expect(() => (policy.rules[0]?.methods as Set<string>).add("explain")).toThrow(TypeError);
    expect(Object.isFrozen(template?.unit.parts[0])).toBe(true);
  });

  test("may have a name pinned that is listed as well: the pin holds, with a warning", async () => {
    const policy = await directory.write(SAMPLE).load();
    const rules = [...policy.templates.values()][0]?.credentials;
    expect([...(rules?.env ?? [])]).toEqual(["JUPYTERHUB_API_TOKEN"]);
    expect([...(rules?.envPinned ?? [])]).toEqual([["JUPYTERHUB_USER", "{user}"]]);
    expect(policy.warnings).toMatchObject([{ line: 10, text: expect.stringContaining("pinned") }]);
  });

  test("may have no rule, and may ask for an idle time of a millisecond", async () => {
    const policy = await directory.write("version = 1\n[limits]\nidle_exit_seconds = 0.001\n").load();
    expect(policy.rules).toEqual([]);
    expect(policy.limits.idle_exit_seconds).toBe(0.001);
  });

  test("warns of targets that match nobody now", async () => {
    const text = swap('group = "jupyterhub"', 'group = "ghosts", users = ["zoe", "ghost", "daemon"]');
    const policy = await directory.write(text).load();
    expect(policy.warnings.map(({ line, column }) => [line, column])).toEqual([
      [9, 12],
      [9, 46],
      [9, 55],
    ]);
  });

  test("warns of rules for a unit where units of peers are not known", async () => {
    directory.write(swap('user = "jupyter"', 'user = "jupyter", unit = "jupyterhub.service"'));
    const options = { trust: directory.trust, knowsPeerUnits: false };
    const policy = await loadPolicy(names, directory.paths, options);
    expect(policy.warnings).toMatchObject([{ line: 6, column: 28 }]);
  });

  test("fails to load when a peer cannot be looked up, and only warns where a target cannot", async () => {
    const down = (): Promise<never> => Promise.reject(new Error("the directory is down"));
    const noUsers: NameService = { ...names, userByName: down };
    const noGroups: NameService = { ...names, groupByName: down };
    expect((await directory.write(GOOD).problems(noUsers))[0]?.text).toMatch(/the directory is down/);
    expect((await directory.load(noGroups)).warnings[0]?.text).toMatch(/the directory is down/);
  });

  test("has a hash that tells every change of a name or a byte", async () => {
    const hashes = new Set<string>();
    const load = async (text: string, dropins: Record<string, string>): Promise<void> => {
      const each = new PolicyDirectory();
      try {
        hashes.add((await each.write(text, dropins).load()).hash);
      } finally {
        each.remove();
      }
    };
    hashes.add((await directory.write(GOOD).load()).hash);
    hashes.add((await directory.load()).hash);
    expect(hashes.size).toBe(1);
    await load(`${GOOD}# a\n`, {});
    await load(GOOD, { "a.toml": "" });
    await load(GOOD, { "b.toml": "" });
    expect(hashes.size).toBe(4);
    expect([...hashes].every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });
});
