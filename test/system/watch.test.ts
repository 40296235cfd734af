import { beforeAll, describe, expect, test } from "@jest/globals";
import type { UnitState } from "../../src/protocol/unit-state.ts";
import type { Message, RawClient } from "./raw-client.ts";
import { HUB, setStage, STRANGER } from "./stage.ts";
import { unitIs } from "./unit-is.ts";
import { writeUnit } from "./world.ts";

const stage = setStage({
  alone: true,
  policy: `
[template.lab]
unit = "lab-{user}.service"
run_as = "{user}"

[[allow]]
name = "hub-lab"
peer = { user = "jupyter" }
methods = ["start", "stop", "watch", "list", "status"]
templates = ["lab"]
target = { group = "jupyterhub" }
`,
});

const systemctl = (...words: string[]): Promise<unknown> => stage.testbed.run(["systemctl", ...words]);
const serverOf = (user: string): string => `jupyterhub-singleuser-${user}.service`;
const news = (client: RawClient): Message[] => client.messages.filter(({ method }) => method !== undefined);
const unitsOf = (holder: Record<string, unknown> | undefined): UnitState[] =>
  holder?.["units"] as UnitState[];

beforeAll(async () => {
  for (const user of ["zoe", "wash", "mallory"]) {
    await writeUnit(stage.testbed, user);
    await stage.testbed.run([
      "cp",
      `/etc/systemd/system/${serverOf(user)}`,
      `/etc/systemd/system/lab-${user}.service`,
    ]);
  }
});

describe("a watch", () => {
  test("begins with what is running or has credentials, and nothing of it precedes that", async () => {
    await systemctl("start", serverOf("zoe"), serverOf("mallory"));
    const client = await stage.connect(HUB);
    await client.result("write-credentials", { user: "wash" });
    const { subscription, units } = await client.result("watch");
    expect(units).toMatchObject([
      { user: "wash", activeState: "inactive", credentials: [{ name: "env" }] },
      { user: "zoe", activeState: "active", template: "singleuser" },
    ]);
    await systemctl("stop", serverOf("zoe"), serverOf("mallory"));
    const { params } = await client.notification("unit-changed", unitIs("inactive"));
    expect(params).toMatchObject({ subscription, unit: { user: "zoe", mainPid: null } });
    expect(client.messages.findIndex(({ method }) => method !== undefined)).toBeGreaterThan(1);
    await client.result("remove-credentials", { user: "wash" });
  });

  test("tells of targets that the peer may see, and of no other", async () => {
    const client = await stage.connect(HUB);
    await client.result("watch");
    await systemctl("start", serverOf("mallory"));
    await systemctl("start", serverOf("zoe"));
    await client.notification("unit-changed", unitIs("active"));
    await systemctl("stop", serverOf("mallory"));
    await systemctl("stop", serverOf("zoe"));
    await client.notification("unit-changed", unitIs("inactive"));
    expect(client.lines.join("\n")).not.toContain("mallory");
    await stage.testbed.run(["gpasswd", "--add", "mallory", "jupyterhub"]);
    await systemctl("start", serverOf("mallory"));
    await client.notification("unit-changed", ({ unit }) => (unit as UnitState).user === "mallory");
    await stage.testbed.run(["gpasswd", "--delete", "mallory", "jupyterhub"]);
    await systemctl("stop", serverOf("mallory"));
  });

  test("can be narrowed to a user and to a template, several on one connection", async () => {
    const client = await stage.connect(HUB);
    const filters = {
      zoe: { user: "zoe" },
      lab: { template: "lab" },
      both: { user: "wash", template: "lab" },
      all: {},
    };
    const names = new Map<unknown, string>();
    for (const [name, filter] of Object.entries(filters)) {
      names.set((await client.result("watch", filter))["subscription"], name);
    }
    const seen = (): Set<string> =>
      new Set(
        news(client).map(
          ({ params }) =>
            `${names.get(params?.["subscription"]) ?? "?"}:${(params?.["unit"] as UnitState).unit}`,
        ),
      );
    await systemctl("start", serverOf("zoe"), serverOf("wash"), "lab-zoe.service", "lab-wash.service");
    const expected = [
      `zoe:${serverOf("zoe")}`,
      "zoe:lab-zoe.service",
      "lab:lab-zoe.service",
      "lab:lab-wash.service",
      "both:lab-wash.service",
      ...[serverOf("zoe"), serverOf("wash"), "lab-zoe.service", "lab-wash.service"].map(
        (unit) => `all:${unit}`,
      ),
    ];
    await client.find(() => expected.every((each) => seen().has(each)));
    expect(seen()).toEqual(new Set(expected));
    await systemctl("stop", serverOf("zoe"), serverOf("wash"), "lab-zoe.service", "lab-wash.service");
  });

  test("ends with unwatch, on its own connection alone", async () => {
    const [client, other] = [await stage.connect(HUB), await stage.connect(HUB)];
    const { subscription } = await client.result("watch");
    await other.result("watch");
    expect((await other.error("unwatch", { subscription })).data).toMatchObject({ code: "invalid-params" });
    expect(await client.result("unwatch", { subscription })).toEqual({});
    expect((await client.error("unwatch", { subscription })).data).toMatchObject({ path: "subscription" });
    await systemctl("start", serverOf("zoe"));
    await other.notification("unit-changed", unitIs("active"));
    await systemctl("stop", serverOf("zoe"));
    await client.result("describe");
    expect(news(client)).toEqual([]);
  });

  test("may stand beside seven others on a connection, and a ninth is busy until one ends", async () => {
    const client = await stage.connect(HUB);
    const subscriptions: unknown[] = [];
    for (let each = 0; each < 8; each++) subscriptions.push((await client.result("watch"))["subscription"]);
    expect(new Set(subscriptions).size).toBe(8);
    const { data } = await client.error("watch");
    expect(data).toEqual({ code: "busy", retryAfterMs: expect.any(Number) });
    await (await stage.connect(HUB)).result("watch");
    await client.result("unwatch", { subscription: subscriptions[3] });
    await client.result("watch");
  });

  test("is not for a peer that no rule matches, nor over a template that the peer may not use", async () => {
    expect((await (await stage.connect(STRANGER)).error("watch")).data).toEqual({ code: "denied" });
    const client = await stage.connect(HUB);
    expect((await client.error("watch", { template: "no-such" })).data).toEqual({ code: "denied" });
    expect((await client.error("watch", { user: "!" })).data).toMatchObject({
      code: "invalid-params",
      path: "user",
    });
  });

  test("shows what a server says of itself with its controls escaped, and no more than 200 characters of it", async () => {
    const said = "up\\033[2J\\342\\200\\256" + "x".repeat(300);
    await stage.server("chatty", [
      "Type=notify",
      "NotifyAccess=all",
      `ExecStart=/bin/sh -c 'systemd-notify --ready --status="$(printf "${said.replaceAll("\\", "\\\\")}")"; exec sleep infinity'`,
    ]);
    const client = await stage.connect(HUB);
    const state = await client.result("start", { user: "chatty" });
    expect(state["statusText"]).toMatch(/^up\\u\{1b\}\[2J\\u\{202e\}x+$/);
    expect(String(state["statusText"])).toHaveLength(200);
    await client.result("stop", { user: "chatty" });
  });
});

describe("a watch goes on, with a fresh snapshot, when", () => {
  const upheavals: Record<string, () => Promise<void>> = {
    "PID 1 executes itself anew": async () => {
      await systemctl("daemon-reexec");
      await systemctl("start", serverOf("zoe"));
    },
    "the bus goes and comes back": async () => {
      await systemctl("stop", "dbus.socket", "dbus.service");
      await systemctl("start", serverOf("zoe"));
      await systemctl("start", "dbus.socket", "dbus.service");
    },
  };

  test.each(Object.entries(upheavals))("%s", async (_, upheaval) => {
    const client = await stage.connect(HUB);
    const { subscription } = await client.result("watch");
    await upheaval();
    const isFresh = (units: readonly UnitState[]): boolean => units[0]?.activeState === "active";
    const overflow = await client.notification("watch-overflow");
    expect(overflow.params).toMatchObject({ subscription });
    // The server was started before or after the snapshot was taken.
    if (!isFresh(unitsOf(overflow.params))) await client.notification("unit-changed", unitIs("active"));
    await client.result("stop", { user: "zoe" });
    await client.notification("unit-changed", unitIs("inactive"));
  });

  test("unit files are read anew, without even that", async () => {
    const client = await stage.connect(HUB);
    await client.result("watch");
    await systemctl("daemon-reload");
    await systemctl("start", serverOf("zoe"));
    await client.notification("unit-changed", unitIs("active"));
    await client.result("stop", { user: "zoe" });
    await client.notification("unit-changed", unitIs("inactive"));
    expect(news(client).filter(({ method }) => method === "watch-overflow")).toEqual([]);
  });
});
