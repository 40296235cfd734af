import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeAccounts } from "../../../src/helperctl/sudoers/judge-accounts.ts";
import { parseSudoersJson } from "../../../src/helperctl/sudoers/parse-json.ts";
import { renderPolicy } from "../../../src/helperctl/sudoers/render-policy.ts";
import { translate } from "../../../src/helperctl/sudoers/translate.ts";
import { ACTED_ON, HOSTILE } from "../support.ts";
import { loadText, rulesOf } from "./policy-support.ts";

const NOBODY_KNOWN = { users: new Map<string, number>(), groups: new Map<string, number>() };
const SPAWNER = "/usr/bin/sudospawner";

type Json = Record<string, unknown>;

const toSudoers = (document: Json) => ({
  source: "the file",
  ...parseSudoersJson(JSON.stringify(document)),
  includes: [],
  warnings: [],
});

const spec = (
  users: Json[],
  runas: Json[],
  commands: Json[],
  options: Json[] = [{ authenticate: false }],
) => ({
  User_List: users,
  Host_List: [{ hostname: "ALL" }],
  Cmnd_Specs: [{ runasusers: runas, Options: options, Commands: commands }],
});

/** Whatever could break out of a TOML string or a comment, or be taken for another rule. */
const hostileName = fc.oneof(
  fc.constantFrom(
    "zoe",
    "rhea",
    HOSTILE,
    'a"b',
    "a\\",
    '"""',
    "a'",
    "a\n[[allow]]\nname = 'x'",
    "a\u2028b",
    "a\u0000",
    "x\r",
    "\ud800",
    "#",
    "é",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const member = fc.oneof(
  hostileName.map((username) => ({ username })),
  hostileName.map((usergroup) => ({ usergroup })),
  hostileName.map((username) => ({ username, negated: true })),
  fc.nat(70_000).map((userid) => ({ userid })),
  hostileName.map((netgroup) => ({ netgroup })),
);
const members = fc.array(member, { minLength: 1, maxLength: 5 });
const command = fc.oneof(
  fc.constant({ command: SPAWNER }),
  hostileName.map((words) => ({ command: `${SPAWNER} ${words}` })),
  hostileName.map((path) => ({ command: `/${path}`, negated: true })),
);
const hostileSpec = fc
  .tuple(members, members, fc.array(command, { minLength: 1, maxLength: 3 }))
  .map((parts) => spec(...parts));
const hostileDefaults = fc.array(
  fc.array(hostileName, { maxLength: 4 }).map((names) => ({
    Options: [{ operation: "list_add", env_keep: names }, { secure_path: names.join(":") }],
  })),
  { maxLength: 2 },
);

test("whatever the names are, the policy loads, and its rules are exactly what was carried over", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileSpec, { maxLength: 4 }),
      hostileDefaults,
      hostileName,
      async (User_Specs, Defaults, source) => {
        const translation = judgeAccounts(translate(toSudoers({ User_Specs, Defaults })), NOBODY_KNOWN);
        const text = renderPolicy(translation, source);
        expect(text).not.toMatch(ACTED_ON);
        const policy = await loadText(text);
        const expected = translation.carried.flatMap(({ hub, users, groups: [first = null, ...others] }) => {
          const peer = hub.kind === "user" ? hub.name : `%${hub.name}`;
          return [{ peer, users, group: first }, ...others.map((group) => ({ peer, users: [], group }))];
        });
        expect(rulesOf(policy)).toEqual(expected);
        const [template] = policy.templates.values();
        for (const name of translation.env) expect(template?.credentials?.env.has(name)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test("what stands in a comment is in force when its signs are taken away, and loads", async () => {
  await fc.assert(
    fc.asyncProperty(members, members, async (users, runas) => {
      const translation = translate(
        toSudoers({ User_Specs: [spec(users, runas, [{ command: SPAWNER }], [])] }),
      );
      const text = renderPolicy(translation, "the file");
      const rules = text
        .slice(text.indexOf("max_bytes"))
        // A sentence may begin with a name in quotes: strings of an array fill their line.
        .replace(
          /^# {1,}(?=\[\[|name|peer|methods|templates|target|\]|users| *(?:"(?:[^"\\\n]|\\.)*",? ?)+$)/gm,
          "",
        );
      const policy = await loadText(text.slice(0, text.indexOf("max_bytes")) + rules);
      const count = translation.withheld.reduce((sum, { groups }) => sum + Math.max(1, groups.length), 0);
      expect(policy.rules).toHaveLength(count);
    }),
  );
});

/** A small world, in which what sudo would do can be worked out. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { staff: ["ann", "bob"], hubs: ["hub1"] };
const HUBS = ["hub1", "hub2"];
const TARGETS = ["ann", "bob", "kim"];

interface Item {
  readonly username?: string;
  readonly usergroup?: string;
  readonly command?: string;
  readonly negated?: boolean;
}

/** sudoers(5): the last member that matches counts. Null: none does. */
function verdict(list: readonly Item[], matches: (item: Item) => boolean): boolean | null {
  const last = list.findLast(matches);
  return last === undefined ? null : last.negated !== true;
}

const isPerson =
  (name: string) =>
  ({ username, usergroup }: Item): boolean =>
    username === "ALL" || username === name || (GROUPS[usergroup ?? ""]?.includes(name) ?? false);
const isSpawning = ({ command: each }: Item): boolean => each === "ALL" || each === SPAWNER;

type Spec = ReturnType<typeof spec>;

/** Whether sudo lets a hub run sudospawner as somebody, going by the last entry that matches. */
function sudoAllows(specs: readonly Spec[], hub: string, target: string): boolean {
  const verdicts = specs.map(({ User_List, Cmnd_Specs: [grant] }) =>
    verdict(User_List, isPerson(hub)) === true && verdict(grant?.runasusers ?? [], isPerson(target)) === true
      ? verdict(grant?.Commands ?? [], isSpawning)
      : null,
  );
  return verdicts.findLast((each) => each !== null) === true;
}

const negatable = (items: readonly Item[]) =>
  fc
    .tuple(fc.constantFrom(...items), fc.integer({ min: 0, max: 4 }))
    .map(([item, dice]): Json => (dice === 0 ? { ...item, negated: true } : { ...item }));
const listOf = (items: readonly Item[]) => fc.array(negatable(items), { minLength: 1, maxLength: 4 });
const smallSpec = fc
  .tuple(
    listOf([{ username: "hub1" }, { username: "hub2" }, { usergroup: "hubs" }, { username: "ALL" }]),
    listOf([...TARGETS.map((username) => ({ username })), { usergroup: "staff" }, { username: "ALL" }]),
    listOf([{ command: SPAWNER }, { command: "ALL" }, { command: "/bin/ls" }]),
  )
  .map((parts) => spec(...parts));

test("nobody is allowed by the policy what sudo would have refused", () => {
  fc.assert(
    fc.property(fc.array(smallSpec, { minLength: 1, maxLength: 4 }), (specs) => {
      const { carried } = translate(toSudoers({ User_Specs: specs }));
      for (const { hub, users, groups } of carried) {
        const hubs = HUBS.filter((name) =>
          isPerson(name)({ [`user${hub.kind === "group" ? "group" : "name"}`]: hub.name }),
        );
        const targets = [...users, ...groups.flatMap((group) => GROUPS[group] ?? [])];
        for (const each of hubs)
          for (const target of targets) {
            expect({ each, target, may: sudoAllows(specs, each, target) }).toEqual({
              each,
              target,
              may: true,
            });
          }
      }
    }),
    { numRuns: 2000 },
  );
});
