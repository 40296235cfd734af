// Takes the place of helper.mjs, in the same unit: whoever connects is told what this sandbox lets it do.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";

const koffi = createRequire(import.meta.url)("./koffi.node");
const libc = koffi.load("libc.so.6");
const mmap = libc.func("mmap", "intptr_t", ["void *", "size_t", "int", "int", "int", "int64"]);
const [READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS, AF_INET] = [7, 0x22, 2];

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
    writeFileSync(`${directory}/probe`, "#!/bin/sh\n", { mode: 0o755 });
    rmSync(`${directory}/probe`);
  });
const executes = (directory) => {
  writeFileSync(`${directory}/probe`, "#!/bin/sh\n", { mode: 0o755 });
  const { error } = spawnSync(`${directory}/probe`);
  rmSync(`${directory}/probe`);
  return error?.code ?? "done";
};
const moveCredentials = () => {
  mkdirSync("/run/hub-helper/staging/probe");
  renameSync("/run/hub-helper/staging/probe", "/run/hub-helper/credentials/probe");
  rmSync("/run/hub-helper/credentials/probe", { recursive: true });
};

const report = () => ({
  spawn: spawnSync("/bin/true").error?.code ?? "done",
  loader: spawnSync("/lib64/ld-linux-x86-64.so.2", ["/bin/true"]).status,
  evaluate: attempt(() => new Function("return 1")()),
  proto: attempt(() => ({}).__proto__),
  writableCode: Number(mmap(null, 4096, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS, -1, 0)),
  internet: libc.func("socket", "int", ["int", "int", "int"])(AF_INET, 1, 0),
  home: attempt(() => readdirSync("/home")),
  descriptors: attempt(() => readdirSync("/proc/self/fd")),
  writes: Object.fromEntries(
    ["/etc", "/run", "/usr", "/var/lib", "/dev/shm", "/run/hub-helper"].map((d) => [d, writes(d)]),
  ),
  executes: Object.fromEntries(["/tmp", "/var/tmp", "/run/hub-helper"].map((d) => [d, executes(d)])),
  moveCredentials: attempt(moveCredentials),
});

createServer((socket) => socket.end(JSON.stringify(report()))).listen({ fd: 3 });
