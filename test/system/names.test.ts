import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RawClient } from "./raw-client.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

/** Accounts that make trouble elsewhere. */
const ACCOUNTS = ["a-b", "a", "first.last", "x_1", "a--b", "a.-", "l".repeat(32)];
const SERVERS = 30;

/** Blocks whose letters every Node knows: the newest Unicode of this machine's need not be that of the image's. */
const BLOCKS = [
  [0x2d, 0x6ff],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0x1d400, 0x1d6a3],
] as const;
const character = fc
  .oneof(...BLOCKS.map(([min, max]) => fc.integer({ min, max })))
  .map((point) => String.fromCodePoint(point))
  .filter((text) => /^[\p{L}\p{M}\p{Nd}_.-]$/u.test(text));
const serverName = fc
  .array(character, { minLength: 1, maxLength: 14 })
  .map((characters) => characters.join(""))
  .filter((name) => name !== "." && name !== "..");
/** The same letter in two ways, names that differ in what escaping is about, and what looks like an escape. */
const AWKWARD = ["é", "e\u0301", "x2d", "-", "--", "_", ".a", "a.", "...", "日本語", "ı", "İ", "٣", "b"];

const HOSTILE = [
  "--help",
  "-x",
  "",
  " ",
  "a b",
  "a\nb",
  "a\u0000b",
  "a/b",
  "/etc/passwd",
  "..",
  "../../etc",
  "a;reboot",
  "$(reboot)",
  "`id`",
  "%i",
  "%n",
  "a@b.service",
  "ssh.service",
  "x.service y.service",
  "a\\x2db",
  "a:b",
  "ssh",
  "root",
  "0",
  "1000",
  "daemon",
  "nobody",
  "ZOE",
  "zoe ",
  "zoe.service",
  "zöe",
  "\u202eeoz",
  "zoe\u200b",
  "*",
  "jupyterhub-singleuser-zoe",
  "-".repeat(64),
  "z".repeat(65),
  "z".repeat(100_000),
];

async function escaped(names: readonly string[]): Promise<string[]> {
  const { stdout } = await stage.testbed.run(["systemd-escape", "--", ...names]);
  return stdout.trimEnd().split(" ");
}

/** Units that PID 1 has run a job for since. */
async function unitsWithJobs(since: Date): Promise<Set<string>> {
  const entries = await stage.testbed.journal({ since, match: ["_PID=1"] });
  const named = entries.flatMap(({ UNIT, JOB_TYPE }) => (UNIT && JOB_TYPE ? [UNIT] : []));
  // The place in the tree of cgroups where systemd puts instances.
  return new Set(named.filter((unit) => !unit.endsWith(".slice") && unit !== "helper.service"));
}

const servers = [...new Set([...AWKWARD, ...fc.sample(serverName, { numRuns: SERVERS, seed: 20 })])].slice(
  0,
  SERVERS,
);
const pairs = ACCOUNTS.flatMap((user) => servers.map((server) => ({ user, server })));

describe("awkward names", () => {
  let units: string[];

  beforeAll(async () => {
    const { testbed } = stage;
    const [users, instances] = [await escaped(ACCOUNTS), await escaped(servers)];
    units = users.flatMap((user) =>
      instances.map((server) => `jupyterhub-singleuser-${user}@${server}.service`),
    );
    for (const [at, user] of ACCOUNTS.entries()) {
      await testbed.addUser(user, { groups: ["jupyterhub"] });
      const unit = `[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=${user}\nExecStart=/bin/true\n`;
      await testbed.write(`/etc/systemd/system/jupyterhub-singleuser-${users[at] ?? ""}@.service`, unit);
    }
    expect(pairs).toHaveLength(210);
  });

  test("get the unit names that systemd-escape makes, each target its own", async () => {
    const client = await stage.connect();
    const states = await Promise.all(pairs.map((target) => client.result("status", target)));
    expect(states.map(({ unit }) => unit)).toEqual(units);
    expect(states.map(({ user, server }) => ({ user, server }))).toEqual(pairs);
    expect(new Set(units).size).toBe(pairs.length);
  });

  test("start their own units, and PID 1 touches no other", async () => {
    const since = new Date();
    const client = await stage.connect();
    const states = await Promise.all(pairs.map((target) => client.result("start", target)));
    expect(states.every(({ activeState }) => activeState === "active")).toBe(true);
    expect(await unitsWithJobs(since)).toEqual(new Set(units));
    const listed = (await client.result("list"))["units"] as { user: string; server: string; unit: string }[];
    expect(new Set(listed.map(({ unit }) => unit))).toEqual(new Set(units));
    const back = new Map(listed.map(({ unit, user, server }) => [unit, { user, server }]));
    expect(units.map((unit) => back.get(unit))).toEqual(pairs);
  });

  test("stop their own units", async () => {
    const since = new Date();
    const client = await stage.connect();
    await Promise.all(pairs.slice(0, 50).map((target) => client.result("stop", target)));
    expect(await unitsWithJobs(since)).toEqual(new Set(units.slice(0, 50)));
  });
});

describe("hostile names", () => {
  const codes = async (client: RawClient, params: readonly object[], method: string): Promise<unknown[]> =>
    Promise.all(params.map(async (each) => (await client.error(method, each)).data.code));

  test("are refused as users, servers and templates by every verb, and PID 1 is asked for nothing", async () => {
    const since = new Date();
    const client = await stage.connect();
    const asUser = HOSTILE.map((user) => ({ user }));
    const asTemplate = HOSTILE.map((template) => ({ user: "zoe", template }));
    for (const method of ["start", "stop", "reset-failed", "write-credentials", "remove-credentials"]) {
      for (const code of await codes(client, asUser, method))
        expect(["invalid-params", "denied"]).toContain(code);
      for (const code of await codes(client, asTemplate, method))
        expect(["invalid-params", "denied"]).toContain(code);
    }
    const asServer = HOSTILE.map((server) => ({ user: "zoe", server })).filter(({ server }) => server !== "");
    const answers = await codes(client, asServer, "start");
    expect(answers.every((code) => code === "invalid-params" || code === "unit-not-found")).toBe(true);
    expect(await unitsWithJobs(since)).toEqual(new Set());
  });

  test("of any bytes are refused or are names of the template's own units", async () => {
    const client = await stage.connect();
    const own = /^jupyterhub-singleuser-zoe(@[A-Za-z0-9:_.\\]+)?\.service$/;
    const property = fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), async (server) => {
      const { error, result } = await client.call("status", { user: "zoe", server });
      if (error) expect(error.data.code).toBe("invalid-params");
      else expect(result?.["unit"]).toMatch(own);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("a unit name", () => {
  const fixed = "jupyterhub-singleuser-zoe@.service".length;
  const room = 255 - fixed;

  test("of 255 characters is served, and one of more has invalid params", async () => {
    const client = await stage.connect();
    // é is two bytes, of four characters each; the rest is plain.
    const fits = "é".repeat(Math.floor((room - 20) / 8)) + "x".repeat(room - 8 * Math.floor((room - 20) / 8));
    expect(fits.length).toBeLessThanOrEqual(64);
    expect(String((await client.result("status", { user: "zoe", server: fits }))["unit"])).toHaveLength(255);
    const { data } = await client.error("status", { user: "zoe", server: `${fits}x` });
    expect(data).toMatchObject({ code: "invalid-params", problem: expect.stringContaining("255") });
  });
});
