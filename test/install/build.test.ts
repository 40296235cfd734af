import { copyFileSync, cpSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PROJECT, run, Scratch, tree } from "./support.ts";

let scratch: Scratch;
const dist = (...path: string[]) => join(scratch.path, "dist", ...path);
const build = (to: string) => run([process.execPath, join(PROJECT, "scripts/build.mjs"), to]);

beforeAll(() => {
  scratch = new Scratch();
  expect(build(dist())).toMatchObject({ status: 0, stderr: "" });
}, 60_000);
afterAll(() => scratch[Symbol.dispose]());

const FLAGS = [
  "--jitless",
  "--no-expose-wasm",
  "--disallow-code-generation-from-strings",
  "--disable-proto=throw",
];

describe("the build", () => {
  test("gives the same bytes twice", () => {
    const again = join(scratch.path, "again");
    expect(build(again)).toMatchObject({ status: 0, stderr: "" });
    expect(tree(again)).toEqual(tree(dist()));
    for (const path of Object.keys(tree(again))) {
      expect([path, readFileSync(join(again, path)).equals(readFileSync(dist(path)))]).toEqual([path, true]);
    }
  }, 60_000);

  test("gives a daemon that needs nothing but its koffi.node, under the flags of helper.service", () => {
    using elsewhere = new Scratch();
    for (const file of ["helper.mjs", "koffi.node"]) copyFileSync(dist(file), join(elsewhere.path, file));
    const helper = [process.execPath, ...FLAGS, join(elsewhere.path, "helper.mjs"), "--version"];
    expect(run(helper)).toMatchObject({ status: 0, stderr: "" });
  });

  test("gives a unit generator that needs nothing but its koffi.node either", () => {
    using elsewhere = new Scratch();
    for (const file of ["unit-generator.mjs", "koffi.node"]) {
      copyFileSync(dist(file), join(elsewhere.path, file));
    }
    const generator = [process.execPath, ...FLAGS, join(elsewhere.path, "unit-generator.mjs")];
    expect(run([...generator, "root"])).toMatchObject({
      status: 77,
      stdout: "",
      stderr: 'the account "root" has uid 0: root and system accounts get no units\n',
    });
  });

  test("gives a command that starts without node_modules", () => {
    using elsewhere = new Scratch();
    for (const file of ["helperctl.cjs", "helperctl", "koffi.node"]) {
      cpSync(dist(file), join(elsewhere.path, file), { recursive: true });
    }
    const command = join(elsewhere.path, "helperctl.cjs");
    expect(run([process.execPath, command, "--help"]).status).toBe(0);
    // This one loads koffi, the parser of policies and what talks D-Bus.
    const missing = join(elsewhere.path, "policy.toml");
    expect(run([process.execPath, command, "check", missing])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("policy.toml:1:1: error: "),
    });
  });

  test("gives a manual page and completions, and keeps nothing of what wrote them", () => {
    const files = Object.keys(tree(dist()));
    const made = [
      "helperctl.8",
      "completions/helperctl.bash",
      "completions/_helperctl",
      "completions/helperctl.fish",
    ];
    expect(files).toEqual(expect.arrayContaining(made));
    expect(files.filter((name) => name.includes("documents"))).toEqual([]);
    expect(readFileSync(dist("helperctl.8"), "utf8")).toContain("policy\\-from\\-sudoers");
  });

  test.each([
    ["the daemon", "helper.mjs"],
    ["the unit generator", "unit-generator.mjs"],
  ])("leaves out of %s whatever could start a program or load other code", (_, program) => {
    const text = readFileSync(dist(program), "utf8");
    const imported = new Set(
      [...text.matchAll(/^import .* from "([^"]+)";$/gm), ...text.matchAll(/__require\("([^"]+)"\)/g)].map(
        ([, name = ""]) => name.replace(/^node:/, ""),
      ),
    );
    expect([...imported].filter((name) => !builtinModules.includes(name))).toEqual([]);
    for (const name of ["child_process", "cluster", "vm", "inspector", "http", "https", "dgram", "dns"]) {
      expect(imported).not.toContain(name);
    }
    expect(text).not.toMatch(/\bimport\((?!\.)/);
    expect(text).not.toMatch(/new Worker\(/);
  });

  test("gives a client without native code, and with types that name nothing outside of it", () => {
    expect(readFileSync(dist("client.js"), "utf8")).not.toMatch(/koffi|createRequire/);
    const imports = Object.keys(tree(dist("types"))).flatMap((path) =>
      [...readFileSync(dist("types", path), "utf8").matchAll(/from "([^"]+)"/g)].map(([, from]) => from),
    );
    expect(imports.filter((from) => !/^(\.|node:)/.test(from ?? ""))).toEqual([]);
  });

  test("carries the licence of every package that it contains", () => {
    const text = readFileSync(dist("THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["dbus-next", "json-rpc-2.0", "koffi", "pino", "smol-toml", "valibot"]) {
      expect(text).toMatch(new RegExp(`^(@jellybrick/)?${name} \\d+\\.`, "m"));
    }
  });
});
