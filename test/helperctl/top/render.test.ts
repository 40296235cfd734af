import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { displayWidth } from "../../../src/helperctl/columns.ts";
import type { Model } from "../../../src/helperctl/top/model.ts";
import { reduce } from "../../../src/helperctl/top/model.ts";
import { renderScreen } from "../../../src/helperctl/top/render.ts";
import { unitState } from "../../client/states.ts";
import { ACTED_ON, HOSTILE, NOW, TERMINAL } from "../support.ts";
import { modelOf, pressed } from "./models.ts";

const GREY = { columns: null, colour: false };
const screenOf = (model: Model, nowMs = NOW): string[] => renderScreen(model, GREY, nowMs);

const ZOE = unitState({ activeSince: "2030-01-01T23:52:05Z" });
const WASH = unitState({
  user: "wash",
  server: "数据",
  unit: "jupyterhub-singleuser-wash@数据.service",
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  execMainCode: 1,
  execMainStatus: 203,
});
const USAGE = new Map([[ZOE.unit, { memoryBytes: 312 * 1024 ** 2, tasks: 17, cpuPercent: 3.14 }]]);
const model = reduce(modelOf([ZOE, WASH]), { type: "usage", usage: USAGE });

describe("the screen", () => {
  test("at 80 columns has counts, totals, the table and the keys", () => {
    expect(screenOf(model)).toEqual([
      "helperctl top  2 servers: 1 active, 1 failed",
      "memory 312 MiB  CPU 3.1 %  tasks 17",
      "",
      "USER▼  SERVER     STATE                            AGE    MEMORY   CPU%   TASKS",
      "wash   数据       failed: exit-code, status 2…       -         -      -       -",
      "zoe    (default)  active (running)               3h12m   312 MiB    3.1      17",
      "",
      "",
      "",
      "",
      "",
      "u:user s:server t:state a:age m:memory c:cpu k:tasks r:reverse /:filter q:quit",
    ]);
  });

  test("at 120 columns has the units as well", () => {
    const wide = reduce(model, { type: "resize", size: { rows: 8, columns: 120 } });
    expect(screenOf(wide).slice(3, 6)).toEqual([
      "USER▼  SERVER     STATE                                  AGE    MEMORY   CPU%   TASKS  UNIT",
      "wash   数据       failed: exit-code, status 203/EXEC       -         -      -       -  jupyterhub-singleuser-wash@数据…",
      "zoe    (default)  active (running)                     3h12m   312 MiB    3.1      17  jupyterhub-singleuser-zoe.servi…",
    ]);
  });

  test("marks the column that it is sorted by, and the direction", () => {
    expect(screenOf(pressed(model, "m"))[3]).toContain("MEMORY▼");
    expect(screenOf(pressed(model, "m", "r"))[3]).toContain("MEMORY▲");
  });

  test("shows the filter while it is typed, and what it leaves", () => {
    const lines = screenOf(pressed(model, "/", "was"));
    expect(lines.at(-1)).toBe("filter: was_  Enter keeps it, Escape clears it");
    expect(lines[1]).toBe('memory -  CPU -  tasks -  1 match "was"');
    expect(lines.filter((line) => line.startsWith("zoe"))).toEqual([]);
  });

  test("says so when there is nothing to show", () => {
    expect(screenOf(modelOf([]))[3]).toMatch(/^Nothing runs/);
    expect(screenOf(pressed(model, "/", "nobody"))[3]).toMatch(/^Nothing here matches/);
  });

  test("says which rows it shows where there are more", () => {
    const units = Array.from({ length: 30 }, (_, at) => unitState({ server: `s${at}`, unit: `u${at}` }));
    const lines = screenOf(pressed(modelOf(units), "pagedown"));
    expect(lines[1]).toContain("rows 8 to 14 of 30");
    expect(lines[4]).toMatch(/^zoe +s7 /);
    expect(lines[10]).toMatch(/^zoe +s13 /);
  });

  test("tells of a helper that is out of reach, but not of one that is started anew", () => {
    const lost = reduce(model, { type: "lost", nowMs: NOW });
    expect(screenOf(lost, NOW + 500)[1]).toMatch(/^memory/);
    expect(screenOf(lost, NOW + 1_000)[1]).toMatch(/^helper unreachable since \d\d:\d\d:\d\d/);
    expect(screenOf(reduce(lost, { type: "snapshot", units: [] }), NOW + 2_000)[1]).toMatch(/^memory/);
  });
});

const SGR = /\u001b\[\d{1,2}m/g;
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(HOSTILE, "", "数".repeat(50), "x".repeat(2000)),
);
const unit = fc
  .record({
    user: text,
    server: text,
    unit: text,
    activeState: fc.oneof(text, fc.constantFrom("active", "failed", "constructor")),
    subState: text,
    result: fc.option(text),
    activeSince: fc.option(fc.oneof(text, fc.constant("2030-01-01T00:00:00Z"))),
    memoryBytes: fc.option(fc.nat()),
    tasks: fc.option(fc.nat()),
  })
  .map(unitState);

test("no line is wider than the screen, and nothing is acted on but our own colours, whatever units are called", () => {
  const size = fc.record({ rows: fc.nat(40), columns: fc.nat(130) });
  const property = fc.property(fc.array(unit, { maxLength: 6 }), size, text, (units, shape, filter) => {
    const key = { kind: "text", text: filter, pasted: true } as const;
    const typed = reduce(pressed(modelOf(units, shape), "/"), { type: "key", key });
    for (const each of [modelOf(units, shape), typed]) {
      const lines = renderScreen(each, TERMINAL, NOW);
      expect(lines).toHaveLength(shape.rows);
      for (const line of lines.map((painted) => painted.replace(SGR, ""))) {
        expect(line).not.toMatch(ACTED_ON);
        expect(line).not.toContain("\n");
        expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(0, shape.columns - 1));
      }
    }
  });
  fc.assert(property);
});
