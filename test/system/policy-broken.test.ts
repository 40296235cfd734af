import { beforeEach, describe, expect, test } from "@jest/globals";
import { writePolicy } from "../../testbed/index.ts";
import { RawClient } from "./raw-client.ts";
import { HUB, setStage } from "./stage.ts";
import { policyOf, writeUnit } from "./world.ts";

const EX_CONFIG = "78";
const POLICY = "/etc/hub-helper/policy.toml";
const stage = setStage();

const good = policyOf({});

interface Broken {
  readonly policy?: string;
  readonly then?: readonly string[];
  /** What is shown of it. */
  readonly shown: RegExp;
}

const line = (policy: string, text: string): number =>
  policy.split("\n").findIndex((each) => each.includes(text)) + 1;
const unknownKey = good.replace("[limits]", "[limits]\nfrane_bytes = 1");
const unknownGroup = good.replace('peer = { user = "jupyter" }', 'peer = { group = "no-such-group" }');

const BROKEN: Record<string, Broken> = {
  "is not TOML": { policy: "version = 1\n[[allow]\n", shown: /policy\.toml:2:\d+: / },
  "has an unknown key": {
    policy: unknownKey,
    shown: new RegExp(`policy\\.toml:${line(unknownKey, "frane_bytes")}:1: .*frane_bytes`),
  },
  "names an unknown group": {
    policy: unknownGroup,
    shown: new RegExp(`policy\\.toml:${line(unknownGroup, "no-such-group")}:\\d+: .*no-such-group`),
  },
  "is writable by a group": {
    then: ["chmod", "664", POLICY],
    shown: /policy\.toml.*writable by group or others/,
  },
  "is missing": { then: ["rm", POLICY], shown: /policy\.toml does not exist/ },
};

async function breakPolicy({ policy = good, then }: Broken): Promise<void> {
  await writePolicy(stage.testbed, policy);
  if (then) await stage.testbed.run(then);
}

/** Waits until a property of helper.service is so. */
async function helperHas(name: string, value: string): Promise<void> {
  const { testbed } = stage;
  const follow = testbed.followJournal({ match: ["UNIT=helper.service", "_PID=1"] });
  if ((await stage.property("helper.service", name)) === value) return;
  for await (const {} of follow) {
    if ((await stage.property("helper.service", name)) === value) return;
  }
}

beforeEach(async () => {
  await writePolicy(stage.testbed, good);
  await stage.testbed.run(["systemctl", "stop", "helper.service"]);
  await stage.testbed.run(["systemctl", "reset-failed", "helper.service"], { check: false });
});

describe("at its start, with a policy that", () => {
  test.each(Object.entries(BROKEN))(
    "%s, the helper tells its callers, shows why, exits with 78, and the next caller after the mending is served",
    async (_, broken) => {
      const { testbed } = stage;
      await breakPolicy(broken);
      const client = await stage.connect(HUB);
      const requests = [
        client.ask("describe"),
        client.ask("start", { user: "zoe" }),
        client.ask("no-such-method"),
      ];
      for (const id of requests) {
        const { error } = await client.answer(id);
        expect(error?.data).toEqual({ code: "unavailable", problem: "policy", outcome: "none" });
      }
      await client.closedByHelper();
      await helperHas("ActiveState", "failed");
      expect(await stage.property("helper.service", "ExecMainStatus")).toBe(EX_CONFIG);
      const { stdout } = await testbed.run(
        ["systemctl", "status", "--full", "--no-pager", "helper.service"],
        {
          check: false,
        },
      );
      expect(stdout).toMatch(broken.shown);
      expect(stdout).toMatch(/status=78/);
      expect(await stage.property("helper.socket", "ActiveState")).toBe("active");

      await breakPolicy({ shown: /./ });
      expect(await (await stage.connect(HUB)).result("describe")).toHaveProperty("protocol", 1);
    },
  );

  test("is broken, many callers for several seconds do not cost the socket, and each is answered", async () => {
    await breakPolicy({ policy: "nonsense", shown: /./ });
    const end = performance.now() + 3000;
    const answers: unknown[] = [];
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        const client = await RawClient.connect(stage.testbed, HUB);
        answers.push((await client.error("describe")).data);
        await client.close();
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    expect(answers.length).toBeGreaterThan(8);
    expect(new Set(answers.map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"code":"unavailable","problem":"policy","outcome":"none"}']),
    );
    expect(await stage.property("helper.socket", "ActiveState")).toBe("active");
    await breakPolicy({ shown: /./ });
    // What was asked of the broken helper may still be waiting for its end.
    await helperHas("ActiveState", "failed");
    expect(await (await stage.connect(HUB)).result("describe")).toHaveProperty("protocol", 1);
  });
});

describe("at a reload, with a policy that", () => {
  const reload = async (): Promise<{ status: number | null }> =>
    stage.testbed.run(["systemctl", "reload", "helper.service"], { check: false });

  test.each(Object.entries(BROKEN))("%s, systemctl reload fails and the old one stays", async (_, broken) => {
    await writeUnit(stage.testbed, "zoe");
    const client = await stage.connect(HUB);
    await client.result("describe");
    await breakPolicy(broken);
    expect((await reload()).status).not.toBe(0);
    expect(await stage.property("helper.service", "StatusText")).toMatch(
      /^The old policy stays, .*policy\.toml:\d+:\d+: /,
    );
    expect(await client.result("start", { user: "zoe" })).toMatchObject({ activeState: "active" });
    await client.result("stop", { user: "zoe" });
    expect(await stage.property("helper.service", "ActiveState")).toBe("active");
  });

  test("is broken, a SIGHUP from elsewhere leaves the old one in force too, and status says so", async () => {
    const { testbed } = stage;
    const client = await stage.connect(HUB);
    await client.result("describe");
    await breakPolicy({ policy: unknownKey, shown: /./ });
    await testbed.run(["systemctl", "kill", "--signal=HUP", "helper.service"]);
    for await (const { MESSAGE = "" } of testbed.followJournal({ unit: "helper.service" })) {
      if (MESSAGE.includes("policy-broken") && MESSAGE.includes("frane_bytes")) break;
    }
    expect((await client.call("status", { user: "zoe" })).result).toBeDefined();
  });

  test("is good, the new one is in force for connections that are open", async () => {
    const client = await stage.connect(HUB);
    expect((await client.error("start", { user: "mallory" })).data.code).toBe("denied");
    await breakPolicy({
      policy: good.replace('target = { group = "jupyterhub" }', 'target = { users = ["mallory"] }'),
      shown: /./,
    });
    expect((await reload()).status).toBe(0);
    expect((await client.error("start", { user: "mallory" })).data.code).toBe("unit-not-found");
    expect((await client.error("start", { user: "zoe" })).data.code).toBe("denied");
  });

  test("lacks a peer's rule, that peer's watches end, and only they", async () => {
    const rule = good.slice(good.indexOf("[[allow]]"));
    const washs = rule.replace('name = "hub"', 'name = "wash"').replace("jupyter", "wash");
    await writePolicy(stage.testbed, good + washs);
    const hub = await stage.connect(HUB);
    const wash = await stage.connect({ as: { uid: "wash", gid: "wash", groups: ["hub-helper"] } });
    const { subscription } = await hub.result("watch");
    const others = await wash.result("watch");
    await writePolicy(stage.testbed, good.replace(rule, washs));
    expect((await reload()).status).toBe(0);
    const ended = await hub.notification("watch-ended");
    expect(ended.params).toEqual({ subscription });
    expect((await hub.error("status", { user: "zoe" })).data.code).toBe("denied");
    const fresh = await wash.notification("watch-overflow");
    expect(fresh.params).toEqual({ subscription: others["subscription"], units: [] });
    await stage.testbed.run(["systemctl", "start", "jupyterhub-singleuser-zoe.service"]);
    await wash.notification("unit-changed");
    expect(hub.messages.at(-1)?.error?.data.code).toBe("denied");
    await stage.testbed.run(["systemctl", "stop", "jupyterhub-singleuser-zoe.service"]);
  });
});
