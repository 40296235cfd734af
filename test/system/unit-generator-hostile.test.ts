import { beforeAll, describe, expect, test } from "@jest/globals";
import { GENERATOR_POLICY, installTemplates, UNITS, unitsOf } from "./generators.ts";
import { hostileArguments, isInstance } from "./hostile-instances.ts";
import { putProgram, runProgram } from "./program.ts";
import { setStage } from "./stage.ts";

const stage = setStage({ policy: GENERATOR_POLICY });
const ARGUMENTS = "/opt/arguments.json";
/** Whose units may come about: those who have an account, as they are called. */
const ACCOUNTS = ["zoe", "wash", "mallory", "a-b", "first.last"];
// PID 1 makes and removes what is not looked at in its own directory.
const MAY_APPEAR = new Set([
  "/run/systemd",
  UNITS,
  ...ACCOUNTS.flatMap(unitsOf).map((name) => `${UNITS}/${name}`),
]);
const MEGABYTE = "z".repeat(1_048_576);

beforeAll(async () => {
  for (const user of ["a-b", "first.last"]) await stage.testbed.addUser(user);
  await installTemplates(stage);
  // Whoever writes the journal, or keeps the container's time, writes while we look.
  await stage.testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
});

/** What systemd and the journal write themselves, for any unit that is started. */
const OTHERS =
  /^\/(?:run\/log|run\/systemd\/(?:journal|units|propagate|inaccessible|transient|generator|private|io)|var\/log|var\/lib\/systemd)(?:\/|$)/;

/** Every path with what tells one state of it from another: no write leaves the time of change as it was. */
async function snapshot(): Promise<Set<string>> {
  const find = ["find", "/etc", "/run", "/var", "/usr/lib/systemd", "/usr/lib/hub-helper", "/opt", "-xdev"];
  const format = "%p\\t%y %m %U:%G %s %i %n %T@ %C@ %l\\0";
  const { stdout } = await stage.testbed.run([...find, "-printf", format], { check: false });
  return new Set(stdout.split("\0").filter((entry) => !OTHERS.test(entry.split("\t")[0] ?? "")));
}

/** Paths that are new, gone or changed since, less those that may be. */
async function strayed(before: Set<string>): Promise<string[]> {
  const after = await snapshot();
  const changed = [...after].filter((entry) => !before.has(entry));
  const gone = [...before].filter((entry) => !after.has(entry));
  const paths = [...changed, ...gone].map((entry) => entry.split("\t")[0] ?? "");
  return [...new Set(paths)].filter((path) => !MAY_APPEAR.has(path));
}

interface Batch {
  readonly statuses: Readonly<Record<string, number>>;
  readonly accepted: readonly (readonly string[])[];
  readonly said: readonly string[];
  readonly longest: number;
}

const writeArguments = (lists: readonly (readonly string[])[]): Promise<void> =>
  stage.testbed.write(ARGUMENTS, JSON.stringify(lists));

const INSTANCES = new Set(["zoe", "wash", "mallory", "a\\x2db", "first.last"]);

test("a file that is made anywhere, and one that is changed and given its time back, would be noticed", async () => {
  const before = await snapshot();
  await stage.testbed.write("/var/lib/stray", "");
  await stage.testbed.run(["touch", "--reference=/etc/passwd", "/etc/passwd"]);
  expect(await strayed(before)).toEqual(
    expect.arrayContaining(["/etc/passwd", "/var/lib", "/var/lib/stray"]),
  );
});

describe("hostile arguments", () => {
  test("10^4 of them write nothing but the units of accounts that are really called so", async () => {
    await writeArguments([...hostileArguments(10_000, 1), [MEGABYTE], [`zoe${MEGABYTE}`], [MEGABYTE, "zoe"]]);
    // The program is put in place first, so that it is part of what was there before.
    await putProgram(stage.testbed, "unit-generator-batch");
    const before = await snapshot();
    const batch = await runProgram<Batch>(stage.testbed, "unit-generator-batch", [ARGUMENTS], {
      user: "root",
    });
    expect(await strayed(before)).toEqual([]);
    const total = Object.values(batch.statuses).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(10_003);
    expect(Object.keys(batch.statuses).filter((status) => !["0", "64", "67", "77"].includes(status))).toEqual(
      [],
    );
    expect(batch.accepted.filter(([only = "", ...more]) => more.length > 0 || !INSTANCES.has(only))).toEqual(
      [],
    );
    expect(batch.said.filter((line) => !MAY_APPEAR.has(line.replace(/^wrote /, "")))).toEqual([]);
    expect(batch.longest).toBeLessThan(1000);
  });

  test("100 of them, each to a process of its own, do no more", async () => {
    await writeArguments(hostileArguments(100, 2));
    const program = "unit-generator-processes";
    await putProgram(stage.testbed, program);
    const before = await snapshot();
    const statuses = await runProgram<unknown[]>(stage.testbed, program, [ARGUMENTS], { user: "root" });
    expect(await strayed(before)).toEqual([]);
    expect(statuses).toHaveLength(100);
    expect(statuses.filter((status) => ![0, 64, 67, 77].includes(Number(status)))).toEqual([]);
  });

  test("50 of them, as instances that systemd starts, do no more", async () => {
    const instances = hostileArguments(3000, 3).flatMap(([only = "", ...more]) =>
      more.length === 0 && isInstance(only) ? [only] : [],
    );
    const units = [...new Set(instances)]
      .slice(0, 50)
      .map((each) => `jupyterhub-unitgenerator@${each}.service`);
    expect(units).toHaveLength(50);
    const start = async (names: readonly string[]) =>
      stage.testbed.run(["systemctl", "start", "--", ...names], { check: false });
    // The slice that they share is made with the first.
    await start(["jupyterhub-unitgenerator@zoe.service"]);
    const before = await snapshot();
    await start(units);
    expect(await strayed(before)).toEqual([]);
    const ran = await stage.testbed.journal({ match: ["SYSLOG_IDENTIFIER=hub-helper-unitgenerator"] });
    expect(new Set(ran.map((entry) => entry["_SYSTEMD_UNIT"])).size).toBeGreaterThanOrEqual(
      units.length - INSTANCES.size,
    );
  });
});
