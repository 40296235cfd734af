import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { names, PolicyDirectory } from "../policy/support.ts";
import { loadPolicy } from "../../src/policy/load.ts";

const SYSTEMD = resolve(import.meta.dirname, "../../systemd");
const read = (path: string) => readFileSync(join(SYSTEMD, path), "utf8");

describe("the shipped policy", () => {
  let directory: PolicyDirectory;
  beforeEach(() => {
    directory = new PolicyDirectory();
  });
  afterEach(() => directory.remove());
  const load = (text: string) => loadPolicy(names, directory.write(text).paths, { trust: directory.trust });

  test("has no rule and no template", async () => {
    const policy = await load(read("policy.toml"));
    expect(policy.rules).toEqual([]);
    expect(policy.templates.size).toBe(0);
  });

  test("loads with its example uncommented, as its first lines tell, and without a warning", async () => {
    const policy = await load(read("policy.toml").replace(/^# /gm, ""));
    expect(policy.rules.map(({ name }) => name)).toEqual(["hub", "admins-look"]);
    expect([...policy.templates.keys()]).toEqual(["singleuser"]);
    expect(policy.warnings).toEqual([]);
  });

  test("gives the limits their defaults in its example", async () => {
    const uncommented = await load(read("policy.toml").replace(/^# /gm, ""));
    const { limits } = await load(read("policy.toml"));
    expect(uncommented.limits).toEqual(limits);
  });
});

describe("the shipped units", () => {
  const units = readdirSync(SYSTEMD, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\.(service|socket|slice|conf|in)$/.test(path),
  );

  test.each(units)("%s repeats no setting by mistake", (path) => {
    const assignments = read(path).matchAll(/^([A-Z][A-Za-z]+)=/gm);
    const counts = new Map<string, number>();
    for (const [, name = ""] of assignments) counts.set(name, (counts.get(name) ?? 0) + 1);
    const lists = new Set(["ExecReload", "SystemCallFilter"]);
    expect([...counts].filter(([name, count]) => count > 1 && !lists.has(name))).toEqual([]);
  });

  test("helper.service never makes all callers look alike", () => {
    expect(read("helper.service")).not.toMatch(/^PrivateUsers=/m);
  });
});
