import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { METHOD_NAMES, METHODS } from "../../src/protocol/methods.ts";
import type { MethodName } from "../../src/protocol/methods.ts";
import { Caller } from "./caller.ts";
import type { Line, Reply } from "./caller.ts";
import { setStage } from "./stage.ts";
import { policyOf, writeUnit } from "./world.ts";

const LIMITS = { verbs_per_second: 1_000_000, verbs_burst: 1_000_000, in_flight_per_uid: 1_000_000 };
const POLICIES = 100;
const QUESTIONS = 100;
/** The unit that the testbed runs everything in. */
const HERE = "testbed.service";

const PEERS = ["jupyter", "ada", "wash", "mallory", "root"] as const;
const USERS = [
  "zoe",
  "wash",
  "kay",
  "river",
  "mallory",
  "young",
  "root",
  "daemon",
  "ghost",
  "-bad",
  "x".repeat(65),
];
const SERVERS = ["", "", "", "gpu", "数据", "..", "a b", "s".repeat(64)];
const TEMPLATES = [undefined, undefined, "singleuser", "generator", "no-such"];

const stage = setStage({ limits: LIMITS });
const lines = new Map<string, Line>();

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.addUser("ada", { groups: ["adm", "hub-helper"] });
  await testbed.addUser("kay", { groups: ["jupyterhub"] });
  await testbed.addUser("river", { groups: ["jupyterhub"] });
  await testbed.addUser("young", { uid: 900, groups: ["jupyterhub"] });
  for (const user of ["wash", "mallory"]) await testbed.run(["usermod", "-aG", "hub-helper", user]);
  await writeUnit(testbed, "zoe");
  await writeUnit(testbed, "kay", ["User=root"]);
  await testbed.run(["ln", "-s", "/dev/null", "/etc/systemd/system/jupyterhub-singleuser-river.service"]);
  for (const peer of PEERS) lines.set(peer, await (await Caller.start(testbed, peer)).connect());
});

const lineOf = (peer: string): Line => {
  const line = lines.get(peer);
  if (line === undefined) throw new Error(`${peer} is not connected`);
  return line;
};

interface Asked {
  readonly peer: (typeof PEERS)[number];
  readonly method: MethodName;
  readonly user: string;
  readonly server: string;
  readonly template: string | undefined;
}

/** The params of the real request, which must fit the method's schema: what is judged here comes after that. */
function paramsOf({ method, user, server, template }: Asked): object {
  const named = template === undefined ? {} : { template };
  if (method === "unwatch") return { subscription: "none" };
  if (METHODS[method].target === "one") return { user, server, ...named };
  return METHODS[method].target === "filter" ? named : {};
}

/** Those that the random requests are sure to meet. */
const REASONS = [
  "allowed",
  "peer-no-rule",
  "peer-outside-unit",
  "method-not-allowed",
  "template-not-allowed",
  "target-syntax",
  "target-unknown",
  "target-forbidden",
  "target-not-eligible",
  "unit-mismatch",
];

/** What `explain` is asked for the same request. */
const explained = (asked: Asked): object => {
  const { user, server, template } = asked;
  const named = template === undefined || METHODS[asked.method].target === "none" ? {} : { template };
  const target = METHODS[asked.method].target === "one" ? { user, server } : {};
  return { peer: { user: asked.peer, unit: HERE }, method: asked.method, ...named, ...target };
};

/** Reasons, by the code that their peer sees; everything else is `denied`. */
const CODES: Partial<Record<string, readonly string[]>> = {
  "target-syntax": ["invalid-params"],
  "unit-mismatch": ["unit-refused", "unit-not-found"],
};
const REFUSALS = new Set(["denied", "unit-refused", "unit-not-found", "busy"]);

/** Whether what the helper did is what it had said that it would do. */
function agrees(asked: Asked, { result }: Reply, { error }: Reply): boolean {
  const { allowed, reason } = result as { allowed: boolean; reason: string | null };
  const code = error?.data.code ?? "";
  if (!allowed) return (CODES[reason ?? ""] ?? ["denied"]).includes(code);
  // unwatch is let through, and then knows of no such subscription.
  return !REFUSALS.has(code) && (code !== "invalid-params" || asked.method === "unwatch");
}

/** How often explain gave each verdict: a test that only ever hears one proves little. */
const verdicts = new Map<string, number>();

/** @returns the questions on which the two do not agree, with both answers */
async function compare(questions: readonly Asked[]): Promise<object[]> {
  const pairs = await Promise.all(
    questions.map(async (asked) => {
      const said = await lineOf("root").request("explain", explained(asked));
      const did = await lineOf(asked.peer).request(asked.method, paramsOf(asked));
      const verdict = (said.result as { reason: string | null }).reason ?? "allowed";
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      return { asked, said, did };
    }),
  );
  return pairs.filter(({ asked, said, did }) => !agrees(asked, said, did));
}

// No watch: the ninth of a connection is busy, whatever the policy says.
const methods = METHOD_NAMES.filter((name) => name !== "explain" && name !== "watch");

const question: fc.Arbitrary<Asked> = fc.record({
  peer: fc.constantFrom(...PEERS),
  method: fc.constantFrom(...methods),
  user: fc.constantFrom(...USERS),
  server: fc.constantFrom(...SERVERS),
  template: fc.constantFrom(...TEMPLATES),
});

const some = (...values: readonly string[]): fc.Arbitrary<string> =>
  fc
    .uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
    .map((list) => JSON.stringify(list));

const inlineTable = (members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc
    .record(members, { requiredKeys: [] })
    .map((table) =>
      Object.entries(table)
        .map(([key, value]) => `${key} = ${value}`)
        .join(", "),
    )
    .map((text) => `{ ${text} }`);

const quoted = (...names: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...names.map((name) => JSON.stringify(name)));

const rule = fc
  .record({
    name: fc.uuid(),
    peer: inlineTable({
      user: quoted("jupyter", "ada", "wash", "root"),
      group: quoted("adm", "hub-helper", "jupyterhub"),
      unit: quoted(HERE, HERE, "other.service"),
    }).filter((text) => /user|group/.test(text)),
    methods: some(...methods.filter((name) => METHODS[name].inRules)),
    templates: some("singleuser", "generator"),
    target: inlineTable({
      users: some("zoe", "wash", "kay", "mallory", "root", "daemon", "ghost"),
      group: quoted("jupyterhub", "adm", "no-such-group"),
      min_uid: fc.constantFrom("500", "1000", "1002"),
    }).filter((text) => /users|group/.test(text)),
  })
  .map((keys) => {
    const { name, ...rest } = keys;
    const body = Object.entries(rest).map(([key, value]) => `${key} = ${value}\n`);
    return `[[allow]]\nname = "${name}"\n${body.join("")}`;
  });

const GENERATOR = `
[template.generator]
unit = "generator@{user}.service"
run_as = "root"
`;

const policy = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 8 }), fc.boolean())
  .map(([rules, isDefault]) => {
    const base = policyOf({ limits: LIMITS }).replace(/\[\[allow\]\][^]*/, "");
    const templates = isDefault ? base : base.replace("default = true\n", "");
    return `${templates}${GENERATOR}\n${rules.join("\n")}`;
  });

const hashInForce = async (): Promise<string> => {
  const { result } = await lineOf("root").request("describe");
  return (result as { policy: { hash: string } }).policy.hash;
};

/** Puts a policy in force in the helper that runs. */
async function enforce(text: string): Promise<void> {
  const before = await hashInForce();
  await stage.testbed.write("/etc/hub-helper/policy.toml", text);
  await stage.testbed.run(["systemctl", "kill", "--kill-who=main", "--signal=HUP", "helper.service"]);
  while ((await hashInForce()) === before);
}

test("explain says of ten thousand random requests what the helper then does", async () => {
  const seed = Date.now();
  const scenes = fc.sample(
    fc.tuple(policy, fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS })),
    {
      seed,
      numRuns: POLICIES,
    },
  );
  verdicts.clear();
  for (const [text, questions] of scenes) {
    await enforce(text);
    const quarrels = await compare(questions);
    expect({ seed, text, quarrels }).toEqual({ seed, text, quarrels: [] });
  }
  const counts = Object.fromEntries(verdicts);
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(POLICIES * QUESTIONS);
  expect(counts["allowed"]).toBeGreaterThan(500);
  expect(Object.keys(counts)).toEqual(expect.arrayContaining(REASONS));
}, 600_000);

test("explain and the helper agree on every method, for every peer and every kind of target", async () => {
  await enforce(
    policyOf({
      limits: LIMITS,
      policy: `${GENERATOR}
[[allow]]
name = "admins-look"
peer = { group = "adm" }
methods = ["status", "list", "watch"]
templates = ["singleuser", "generator"]
target = { group = "jupyterhub" }

[[allow]]
name = "confined"
peer = { user = "wash", unit = "${HERE}" }
methods = ["stop"]
templates = ["singleuser"]
target = { users = ["wash"] }
`,
    }),
  );
  const matrix = PEERS.flatMap((peer) =>
    [...methods, "watch" as const].flatMap((method) =>
      USERS.flatMap((user) =>
        // One watch is enough for each connection.
        method === "watch" && user !== "zoe" ? [] : [{ peer, method, user, server: "", template: undefined }],
      ),
    ),
  );
  expect(await compare(matrix)).toEqual([]);
});
