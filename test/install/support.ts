import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const PROJECT = resolve(import.meta.dirname, "../..");

/** Runs a program of ours, with output as text. */
export const run = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const [program = "", ...rest] = argv;
  return spawnSync(program, rest, { encoding: "utf8", env: { ...process.env, ...env } });
};

/** A directory that is gone at the end of the scope. */
export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "hub-helper-install-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Every file below a directory with its mode, or with where it points if it is a link. */
export function tree(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => [path, lstatSync(join(directory, path))] as const)
    .filter(([, stat]) => !stat.isDirectory());
  return Object.fromEntries(
    files.map(([path, stat]) => [
      path,
      stat.isSymbolicLink()
        ? `-> ${readlinkSync(join(directory, path))}`
        : (stat.mode & 0o7777).toString(8).padStart(4, "0"),
    ]),
  );
}
