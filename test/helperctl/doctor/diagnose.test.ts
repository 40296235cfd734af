import { describe, expect, test } from "@jest/globals";
import { BusUnavailable } from "../../../src/helper/systemd/bus-errors.ts";
import type { Check } from "../../../src/helperctl/doctor/check.ts";
import { CHECKS } from "../../../src/helperctl/doctor/checks.ts";
import type { Context } from "../../../src/helperctl/doctor/context.ts";
import { diagnose, type Diagnosis } from "../../../src/helperctl/doctor/diagnose.ts";
import { doctorJson } from "../../../src/helperctl/doctor/json.ts";
import { renderDiagnoses } from "../../../src/helperctl/doctor/render.ts";
import { displayWidth } from "../../../src/helperctl/columns.ts";
import type { Finding } from "../../../src/helperctl/finding.ts";
import { harmlessJson } from "../../../src/helperctl/harmless.ts";
import { PLAIN } from "../../../src/helperctl/screen.ts";
import { ACTED_ON, HOSTILE, TERMINAL } from "../support.ts";

const FINDING: Finding = {
  code: "some-thing",
  severity: "warning",
  text: `${HOSTILE} is wrong`,
  unit: HOSTILE,
  file: `/etc/${HOSTILE}`,
  line: 3,
  mend: `rm -- '${HOSTILE}'`,
};

const check = (name: string, run: Check["run"], isRootOnly = false): Check => ({
  name,
  title: `what ${name} is about`,
  isRootOnly,
  run,
});

const context = (isRoot: boolean): Context => ({ isRoot }) as Context;
const nothing = () => Promise.resolve([]);

describe("a diagnosis", () => {
  test("goes on where one check fails, and says so of that one", async () => {
    const checks = [check("bad", () => Promise.reject(new Error("no such thing"))), check("good", nothing)];
    const [bad, good] = await diagnose(context(true), checks);
    expect(bad?.findings).toMatchObject([
      { severity: "warning", text: "could not be looked at: no such thing" },
    ]);
    expect(good?.findings).toEqual([]);
  });

  test("tells of a bus that is gone once: who needs it says only that it was left out", async () => {
    const gone = () => Promise.reject(new BusUnavailable("gone", false));
    const [diagnosis] = await diagnose(context(true), [check("units", gone)]);
    expect(diagnosis).toMatchObject({ findings: [], hindrance: "bus" });
    const unseen = { ...FINDING, code: "units-unseen" };
    const [policy] = await diagnose(context(true), [
      check("policy", () => Promise.resolve([unseen, FINDING])),
    ]);
    expect(policy).toMatchObject({ findings: [FINDING], hindrance: "bus" });
  });

  test("leaves out what only root can see, for others", async () => {
    const rooted = [check("sudoers", () => Promise.resolve([FINDING]), true)];
    expect(await diagnose(context(false), rooted)).toMatchObject([{ findings: [], hindrance: "root" }]);
    expect(await diagnose(context(true), rooted)).toMatchObject([{ findings: [FINDING], hindrance: null }]);
  });

  test("has a name and a title for each check, which fit a terminal", () => {
    const names = CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { title } of CHECKS) expect(title.length).toBeLessThanOrEqual(80 - 13);
  });
});

const of = (
  name: string,
  findings: readonly Finding[],
  hindrance: Diagnosis["hindrance"] = null,
): Diagnosis => ({
  check: { name, title: `what ${name} is about` },
  findings,
  hindrance,
});

describe("what people see", () => {
  const told: Finding = { code: "x", severity: "error", text: "the thing is broken", mend: "mend the thing" };
  const note: Finding = { code: "y", severity: "note", text: "good to know", mend: null };
  const diagnoses = [of("one", []), of("two", [note, told]), of("three", [], "root"), of("four", [note])];

  test("is a line for each check, its findings below it, and a count", () => {
    expect(renderDiagnoses(diagnoses, PLAIN)).toBe(
      [
        "✓  one    what one is about",
        "✗  two    what two is about",
        "    error: the thing is broken",
        "        mend: mend the thing",
        "    note: good to know",
        "-  three  left out: only root can see it",
        "·  four   what four is about",
        "    note: good to know",
        "",
        "1 error, 0 warnings, 2 notes; 1 of 4 checks found nothing, 1 was left out, run it as root to see all",
        "",
      ].join("\n"),
    );
  });

  test("is no wider than the terminal, mends included", () => {
    const long = { ...told, text: "word ".repeat(60).trim(), mend: "word ".repeat(60).trim() };
    const lines = renderDiagnoses([of("one", [long])], { columns: 80, colour: false }).split("\n");
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  test.each([
    ["a pipe", PLAIN],
    ["a terminal", { ...TERMINAL, colour: false }],
  ])("cannot be forged by what was found, on %s", (_, screen) => {
    const text = renderDiagnoses([of("one", [FINDING])], screen);
    expect(text).not.toMatch(ACTED_ON);
    expect(text.split("\n").filter((line) => line.startsWith("root"))).toEqual([]);
  });
});

describe("what programs see", () => {
  test("is each check with whether it is well, and each finding with its check", () => {
    const note: Finding = { code: "y", severity: "note", text: "good to know", mend: null };
    const json = doctorJson([of("one", [FINDING]), of("two", [note]), of("three", [], "bus")]);
    expect(json).toEqual({
      checks: [
        { name: "one", ok: false, leftOut: null },
        { name: "two", ok: true, leftOut: null },
        { name: "three", ok: null, leftOut: "bus" },
      ],
      findings: [
        { check: "one", ...FINDING },
        { check: "two", ...note },
      ],
    });
    expect(harmlessJson(json)).not.toMatch(ACTED_ON);
    expect(JSON.parse(harmlessJson(json))).toEqual(json);
  });
});
