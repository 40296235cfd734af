import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { bootedWithSystemd, type Hierarchies } from "./hierarchies.ts";
import { claim, STATE_PREFIX } from "./owner.ts";
import { WARDEN_SCRIPT } from "./script.ts";
import { BOOT_TARGET, writeSeed } from "./seed.ts";

/** What a container is made of. */
export interface Furnishing {
  readonly lower: string;
  readonly layers: Readonly<Record<string, string>>;
  /** SOURCE:PATH, read-only. No spaces. */
  readonly binds: readonly string[];
  readonly bus: "dbus-daemon" | "dbus-broker";
}

/** The process that owns a container and takes it down when told, or when this process ends in whatever way. */
export class Warden {
  readonly name: string;
  /** The process id of systemd-nspawn. */
  readonly nspawn: number;
  /** Resolves to the last that the console said, when the container and all its traces are gone. */
  readonly gone: Promise<string>;
  #process: ChildProcessByStdio<Writable, Readable, Readable>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    name: string,
    nspawn: number,
    gone: Promise<string>,
  ) {
    this.name = name;
    this.#process = child;
    this.nspawn = nspawn;
    this.gone = gone;
    // A program that forgets its testbed may end all the same; the life-line does the rest.
    child.unref();
    for (const pipe of [child.stdin, child.stdout, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  }

  static async start({ lower, layers, binds, bus }: Furnishing, hierarchies: Hierarchies): Promise<Warden> {
    const state = mkdtempSync(join(tmpdir(), STATE_PREFIX));
    claim(state);
    mkdirSync(join(state, "seed"));
    writeSeed(join(state, "seed"), basename(state), bus);
    // Detached: a Ctrl-C on the terminal is for the owner.
    const child = spawn("bash", ["-c", WARDEN_SCRIPT, "warden", basename(state), state, ...hierarchies.all], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
        TESTBED_LOWER: lower,
        TESTBED_LAYERS: Object.entries(layers)
          .map(([inside, directory]) => `${inside} ${directory}\n`)
          .join(""),
        TESTBED_BINDS: binds.map((bind) => `--bind-ro=${bind}`).join(" "),
        TESTBED_TARGET: BOOT_TARGET,
        TESTBED_KEEP_UNIT: bootedWithSystemd() ? "" : "--keep-unit",
      },
    });
    const gone = collect(child);
    const lines = createInterface({ input: child.stdout });
    const failed = gone.then((said) => {
      throw new Error(said);
    });
    const [nspawn] = (await Promise.race([once(lines, "line"), failed])) as [string];
    return new Warden(child, basename(state), Number(nspawn), gone);
  }

  /** What the container has written, seen through the mount namespace that alone has it. */
  get upper(): string {
    return join(`/proc/${this.nspawn}/root`, tmpdir(), this.name, "fs/upper");
  }

  async takeDown(): Promise<string> {
    this.#process.ref();
    this.#process.stdin.end();
    return this.gone;
  }
}

async function collect(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<string> {
  let console = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (console += text));
  await once(child, "close");
  return console.trim();
}
