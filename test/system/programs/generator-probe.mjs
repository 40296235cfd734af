// Takes the place of unit-generator.mjs, in the same unit: says what this sandbox lets it do, in one line.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const koffi = createRequire(import.meta.url)("./koffi.node");
const libc = koffi.load("libc.so.6");
const [AF_UNIX, AF_INET, STREAM] = [1, 2, 1];
const socket = libc.func("socket", "int", ["int", "int", "int"]);

const attempt = (action) => {
  try {
    action();
    return "done";
  } catch (error) {
    return error.code ?? error.name;
  }
};
const writes = (directory) =>
  attempt(() => {
    writeFileSync(`${directory}/probe`, "");
    rmSync(`${directory}/probe`);
  });
const report = {
  argv: process.argv.slice(2),
  writes: Object.fromEntries(JSON.parse(process.env.PROBE_DIRECTORIES).map((each) => [each, writes(each)])),
  append: attempt(() => writeFileSync("/etc/passwd", "", { flag: "a" })),
  rename: attempt(() => renameSync("/etc/hub-helper", "/etc/hub-helper-gone")),
  makeDirectory: attempt(() => {
    mkdirSync("/run/systemd/system-probe");
    rmdirSync("/run/systemd/system-probe");
  }),
  home: attempt(() => readdirSync("/home")),
  shadow: attempt(() => readFileSync("/etc/shadow")),
  spawn: spawnSync("/bin/true").error?.code ?? "done",
  evaluate: attempt(() => new Function("return 1")()),
  internet: socket(AF_INET, STREAM, 0),
  local: socket(AF_UNIX, STREAM, 0) >= 0,
  capabilities: [...readFileSync("/proc/self/status", "utf8").matchAll(/^Cap\w+:\t(\w+)$/gm)].map(
    ([, set]) => set,
  ),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
