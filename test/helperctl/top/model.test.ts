import { describe, expect, test } from "@jest/globals";
import type { Model } from "../../../src/helperctl/top/model.ts";
import { inOrder, reduce } from "../../../src/helperctl/top/model.ts";
import { unitState } from "../../client/states.ts";
import { modelOf, pressed } from "./models.ts";

const named = (user: string, server = "", members = {}) =>
  unitState({ user, server, unit: `${user}@${server}.service`, ...members });
const ZOE = named("zoe", "", { activeSince: "2030-01-01T00:00:00Z" });
const WASH = named("wash", "s10", { activeState: "failed", mainPid: null });
const KAYLEE = named("kaylee", "s9", { activeState: "activating", activeSince: "2030-01-02T00:00:00Z" });
const ALL = [ZOE, WASH, KAYLEE];
const names = (model: Model): string[] => inOrder(model).map(({ unit }) => unit.user);

/** Seven rows fit. */
const many = modelOf(Array.from({ length: 30 }, (_, at) => named("zoe", `s${at}`)));

describe("sorting", () => {
  test.each([
    ["u", ["kaylee", "wash", "zoe"]],
    ["s", ["zoe", "kaylee", "wash"]],
    ["t", ["wash", "kaylee", "zoe"]],
    ["a", ["kaylee", "zoe", "wash"]],
    ["m", ["wash", "zoe", "kaylee"]],
    ["c", ["zoe", "kaylee", "wash"]],
    ["k", ["kaylee", "zoe", "wash"]],
  ])("the key %s", (key, order) => {
    const usage = new Map([
      [ZOE.unit, { memoryBytes: 5, tasks: 2, cpuPercent: 90 }],
      [WASH.unit, { memoryBytes: 9, tasks: 1, cpuPercent: null }],
      [KAYLEE.unit, { memoryBytes: null, tasks: 3, cpuPercent: 1 }],
    ]);
    const model = pressed(reduce(modelOf(ALL), { type: "usage", usage }), key);
    expect(names(model)).toEqual(order);
    expect(names(pressed(model, "r"))).toEqual(order.toReversed());
    expect(names(pressed(model, "r", "r"))).toEqual(order);
  });

  test("counts in names as people do, and keeps equal rows in their order when turned around", () => {
    const servers = (model: Model): string[] => inOrder(model).map(({ unit }) => unit.server);
    expect(servers(many).slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, at) => `s${at}`));
    expect(servers(pressed(many, "t", "r"))).toEqual(servers(many));
  });
});

describe("the filter", () => {
  test.each([
    ["wash", ["wash"]],
    ["S10", ["wash"]],
    ["activating", ["kaylee"]],
    ["zoe@.ser", ["zoe"]],
    ["(default)", ["zoe"]],
    ["nobody", []],
  ])("lets through what has %s in user, server, unit or state", (text, users) => {
    expect(names(pressed(modelOf(ALL), "/", text))).toEqual(users);
  });

  test("is live while it is typed, stays with Enter, and goes with Escape, typed or kept", () => {
    const typed = pressed(modelOf(ALL), "/", "wash");
    expect(typed).toMatchObject({ typing: true, filter: "wash" });
    const kept = pressed(typed, "enter");
    expect(kept).toMatchObject({ typing: false, filter: "wash" });
    for (const model of [typed, kept]) {
      expect(pressed(model, "escape")).toMatchObject({ typing: false, filter: "" });
    }
  });

  test("takes letters that are commands elsewhere, and gives them back", () => {
    expect(pressed(modelOf(ALL), "/", "quit")).toMatchObject({ over: false, filter: "quit", sort: "user" });
    expect(pressed(modelOf(ALL), "/", "数据", "backspace").filter).toBe("数");
    expect(pressed(modelOf(ALL), "/", "abc", "ctrl-u").filter).toBe("");
  });

  test("takes what is pasted, which presses no keys elsewhere, and takes no end of it", () => {
    const key = { kind: "text", text: "q".repeat(500), pasted: true } as const;
    expect(reduce(modelOf(ALL), { type: "key", key })).toEqual(modelOf(ALL));
    const typed = reduce(pressed(modelOf(ALL), "/"), { type: "key", key });
    expect(typed).toMatchObject({ over: false, filter: "q".repeat(100) });
  });
});

describe("scrolling", () => {
  test.each([
    [["down"], 1],
    [["down", "down", "up"], 1],
    [["up"], 0],
    [["pagedown"], 7],
    [["pagedown", "pagedown", "pageup"], 7],
    [["end"], 23],
    [["end", "down", "pagedown", "up"], 22],
    [["end", "home"], 0],
  ])("%j leaves %d rows above", (keys, above) => {
    expect(pressed(many, ...keys).above).toBe(above);
  });

  test("ends where what the filter leaves ends", () => {
    expect(pressed(many, "end", "/", "s2").above).toBe(4);
  });
});

describe("what comes from the helper", () => {
  test("a change puts a server in, replaces it, and takes it away once it is down", () => {
    const wash = { ...WASH, activeState: "active" };
    const down = { ...WASH, activeState: "inactive" };
    const staged = { ...down, credentials: [{ name: "env", bytes: 3 }] };
    const after = (...units: (typeof WASH)[]): unknown =>
      units
        .reduce((model, unit) => reduce(model, { type: "change", unit }), modelOf([ZOE]))
        .units.get(WASH.unit);
    expect(after(WASH)).toBe(WASH);
    expect(after(WASH, wash)).toBe(wash);
    expect(after(WASH, down)).toBeUndefined();
    expect(after(WASH, staged)).toBe(staged);
  });

  test("a snapshot replaces everything, and ends the time without the helper, which counts from its first loss", () => {
    const lost = [5, 9].reduce((model, nowMs) => reduce(model, { type: "lost", nowMs }), modelOf(ALL));
    expect(lost.lostSinceMs).toBe(5);
    const back = reduce(lost, { type: "snapshot", units: [ZOE] });
    expect(back.lostSinceMs).toBeNull();
    expect(names(back)).toEqual(["zoe"]);
  });

  test("where nothing was measured, what systemd said last is shown", () => {
    const model = modelOf([{ ...ZOE, memoryBytes: 7, tasks: 8 }]);
    expect(inOrder(model)[0]?.usage).toEqual({ memoryBytes: 7, tasks: 8, cpuPercent: null });
  });
});

test.each([["q"], ["ctrl-c"]])("%s is the end", (key) => {
  expect(pressed(modelOf(ALL), key).over).toBe(true);
});

test("Ctrl-C is the end also while the filter is typed", () => {
  expect(pressed(modelOf(ALL), "/", "ab", "ctrl-c").over).toBe(true);
});
