// Replaces a unit's set in processes that kill themselves before their first call into node:fs, before their second,
// and so on until one is done. After each the set on disk must be a whole one, and another must take its place.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { CredentialStore } from "../../../src/helper/credentials/store.ts";
import { RunTree } from "../../../src/helper/credentials/run-tree.ts";
import { setPathOf } from "../../../src/units/credential-path.ts";
import type { UnitName } from "../../../src/units/pattern.ts";

export interface KilledReport {
  /** After how many kills the old set stood there, and after how many the new one. */
  readonly old: number;
  readonly new: number;
  /** What was neither; empty when all is well. */
  readonly broken: readonly string[];
}

const PLACE = "/run/killed";
const UNIT = "jupyterhub-singleuser-zoe.service" as UnitName;
const NAMES = ["certfile", "env", "keyfile"];

const store = new CredentialStore(new RunTree(PLACE));
const setOf = (number: string) => new Map(NAMES.map((name) => [name, Buffer.from(`${name} ${number}\n`)]));
const replace = (number: string) => store.replace(UNIT, setOf(number), "");

/** What PID 1 would read: every file, joined. */
function standing(): string {
  const directory = `${PLACE}/credentials/${setPathOf(UNIT) ?? ""}`;
  const names = fs.readdirSync(directory).sort();
  return names.map((name) => fs.readFileSync(`${directory}/${name}`, "utf8")).join("");
}

const whole = (number: string): string => [...setOf(number).values()].join("");

function killBefore(call: number): void {
  let calls = 0;
  const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, original] of Object.entries(functions)) {
    if (!name.endsWith("Sync")) continue;
    functions[name] = (...args) => {
      if (++calls === call) process.kill(process.pid, "SIGKILL");
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

function drive(): KilledReport {
  fs.mkdirSync(PLACE, { mode: 0o755 });
  const counts = { old: 0, new: 0 };
  const broken: string[] = [];
  for (let call = 1; ; call++) {
    const [before, after] = [`before ${call}`, `after ${call}`];
    replace(before);
    if (standing() !== whole(before)) broken.push(`${call}: not replaced: ${standing()}`);
    const { signal } = spawnSync(process.execPath, [process.argv[1] ?? "", after, String(call)], {
      stdio: "inherit",
    });
    const found = standing();
    if (found === whole(before)) counts.old++;
    else if (found === whole(after)) counts.new++;
    else broken.push(`${call}: ${found}`);
    // A crash must not make a set look as if it had been started.
    if (store.record(UNIT, "")?.started !== false) broken.push(`${call}: no record`);
    if (signal !== "SIGKILL") return { ...counts, broken };
  }
}

const [number, call] = process.argv.slice(2);
if (number === undefined) process.stdout.write(`${JSON.stringify(drive())}\n`);
else {
  killBefore(Number(call));
  replace(number);
}
