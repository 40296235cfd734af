import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { names, PolicyDirectory } from "../policy/support.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import type { UserName } from "../../src/protocol/target.ts";
import { parseTemplate } from "../../src/unit-generator/parse-template.ts";
import { findMeetings, parseTemplateName, unitNameFor } from "../../src/unit-generator/template-name.ts";

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
    expect(policy.rules.map(({ name }) => name)).toEqual(["hub", "hub-makes-units", "admins-look"]);
    expect([...policy.templates.keys()]).toEqual(["singleuser", "unitgenerator"]);
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
    /\.(service|socket|slice|conf)$/.test(path),
  );

  test.each(units)("%s repeats no setting by mistake", (path) => {
    // A drop-in takes the command of its unit away, by an empty one, before it sets another.
    const assignments = read(path).matchAll(/^(?!Exec[A-Za-z]+=$)([A-Z][A-Za-z]+)=/gm);
    const counts = new Map<string, number>();
    for (const [, name = ""] of assignments) counts.set(name, (counts.get(name) ?? 0) + 1);
    const lists = new Set([
      "BindReadOnlyPaths",
      "ExecReload",
      "LoadCredential",
      "SystemCallFilter",
      "TemporaryFileSystem",
    ]);
    expect([...counts].filter(([name, count]) => count > 1 && !lists.has(name))).toEqual([]);
  });

  test("the proxy shares neither the hub's account nor the socket's group", () => {
    const proxy = read("examples/jupyterhub/jupyterhub-proxy.service");
    expect(proxy).toMatch(/^DynamicUser=yes$/m);
    expect(proxy).not.toMatch(/^(?:User|Group|SupplementaryGroups)=/m);
    const hub = read("examples/jupyterhub/jupyterhub_config.py");
    expect(hub).toMatch(/^c\.ConfigurableHTTPProxy\.should_start = False$/m);
  });

  test("helper.service never makes all callers look alike", () => {
    expect(read("helper.service")).not.toMatch(/^PrivateUsers=/m);
  });

  /** The lines of a unit that say what it may do, by setting; what starts it and how long it may take is its own. */
  const sandboxOf = (unit: string): Map<string, string> => {
    const OWN =
      /^(?:ExecStart|ExecReload|Type|Restart|Timeout|SyslogIdentifier|ReadWritePaths|NoExecPaths|Limit|OOM|LogRate|UMask)/;
    const assignments = Array.from(
      read(unit).matchAll(/^([A-Z][A-Za-z]+)=(.*)$/gm),
      ([, key = "", value = ""]) => ({ key, value }),
    );
    const from = assignments.findIndex(({ key }) => key === "User");
    const kept = assignments.slice(from).filter(({ key }) => !OWN.test(key));
    return new Map(
      kept.map(({ key, value }) => [`${key} ${key === "SystemCallFilter" ? value : ""}`, value]),
    );
  };

  test("jupyterhub-unitgenerator@.service has the sandbox of helper.service, but for the places that it writes", () => {
    const [helper, generator] = ["helper.service", "jupyterhub-unitgenerator@.service"].map(sandboxOf);
    const differing = [...(helper ?? [])].filter(([key, value]) => generator?.get(key) !== value);
    expect(differing.map(([key]) => key.trim())).toEqual([
      "InaccessiblePaths",
      "PrivateTmp",
      "RemoveIPC",
      "Also",
    ]);
  });
});

describe("the templates of units", () => {
  const directory = join(SYSTEMD, "examples/units");
  const templates = readdirSync(directory);

  test.each(templates)("%s is one that the unit generator takes", (name) => {
    expect(parseTemplateName(name)).not.toBeNull();
    expect(parseTemplate(name, readFileSync(join(directory, name), "utf8"))).not.toHaveProperty("problems");
  });

  test("are for the names of the shipped policy", () => {
    const names = templates.map((name) => parseTemplateName(name)).filter((name) => name !== null);
    expect(names.map((name) => unitNameFor(name, "zoe" as UserName)).sort()).toEqual([
      "jupyterhub-singleuser-zoe.service",
      "jupyterhub-singleuser-zoe.slice",
      "jupyterhub-singleuser-zoe@.service",
    ]);
    expect(findMeetings(names)).toEqual([]);
  });
});
