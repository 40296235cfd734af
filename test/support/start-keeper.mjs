// For jest, before the first file: starts the keeper of the machines that files share. See keeper.ts.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

export const KEEPER = Symbol.for("hub-helper keeper of machines");

export default async function startKeeper() {
  const project = resolve(import.meta.dirname, "../..");
  // Now, and not when the first file waits for its machine.
  const image = process.env.TESTBED_IMAGE ?? "trixie";
  execFileSync(join(project, "scripts/image"), [image], { stdio: ["ignore", "ignore", "inherit"] });
  const scratch = mkdtempSync(join(tmpdir(), "hub-helper-keeper-"));
  // Below the project, so that it finds what it installs.
  const program = join(project, "node_modules/.testbed", `${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "keeper.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const socket = join(scratch, "socket");
  const child = spawn(process.execPath, [program, socket], {
    cwd: project,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TESTBED_PROJECT: project },
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => {
      throw new Error("The keeper of machines did not start.");
    }),
  ]);
  process.env.TESTBED_KEEPER = socket;
  globalThis[KEEPER] = { child, scratch, program };
}
