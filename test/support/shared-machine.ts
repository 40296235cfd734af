import { mkdtempSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Testbed } from "../../testbed/index.ts";
import { OverlaySnapshot } from "./overlay-snapshot.ts";

/** The journal is emptied by journald itself, which holds its files open. */
const isLeftOut = (path: string): boolean =>
  path === "var/log/journal" ||
  path === "run" ||
  path === "tmp" ||
  path === "proc" ||
  path === "sys" ||
  path === "dev";

/** What stands in /run for as long as the system runs, and is PID 1's or another daemon's to keep. */
const KEPT_IN_RUN = new Set([
  ...["credentials", "dbus", "initctl", "lock", "log", "mount", "nologin", "user", "utmp"],
  ...["udev", "sudo", "polkit", "host", "initramfs", "shm", "agetty.reload", "motd.dynamic"],
]);
/** Of /run/systemd: where files of units may be put by others than PID 1. */
const UNIT_DIRECTORIES = ["system", "system.control", "system.attached", "user"];

const LIST_UNITS = ["systemctl", "list-units", "--all", "--plain", "--no-legend", "--full"];

/** Names of the units that are up, coming up, going down or failed. */
async function liveUnits(testbed: Testbed): Promise<Map<string, string>> {
  const { stdout } = await testbed.run([
    ...LIST_UNITS,
    "--state=active,activating,deactivating,reloading,failed",
  ]);
  const rows = stdout.split("\n").filter(Boolean);
  return new Map(
    rows.map((row) => row.trim().split(/\s+/)).map(([unit = "", , active = ""]) => [unit, active]),
  );
}

/** Kinds of units that a test may leave behind. The others follow files, mounts and devices. */
const isStoppable = (unit: string): boolean =>
  /\.(service|socket|scope|slice|path|timer|mount|automount)$/.test(unit);

/** A machine that several files of tests use, one after the other. */
export class SharedMachine {
  readonly testbed: Testbed;
  readonly #snapshot: OverlaySnapshot;
  readonly #scratch: string;
  readonly #units: ReadonlyMap<string, string>;
  readonly #run: ReadonlySet<string>;
  readonly #unitFiles: ReadonlySet<string>;

  private constructor(
    testbed: Testbed,
    snapshot: OverlaySnapshot,
    scratch: string,
    units: ReadonlyMap<string, string>,
  ) {
    this.testbed = testbed;
    this.#snapshot = snapshot;
    this.#scratch = scratch;
    this.#units = units;
    this.#run = new Set(readdirSync(`${testbed.root}/run`));
    this.#unitFiles = new Set(this.#listUnitFiles());
  }

  /** Remembers a machine as it is now. */
  static async remember(testbed: Testbed): Promise<SharedMachine> {
    const scratch = mkdtempSync(join(tmpdir(), "hub-helper-machine-"));
    const copy = join(scratch, "files");
    mkdirSync(copy);
    const units = await liveUnits(testbed);
    return new SharedMachine(testbed, new OverlaySnapshot(testbed.overlay, copy, isLeftOut), scratch, units);
  }

  /**
   * Brings the machine back to what it was when it was remembered: files, accounts, units, what is in /run and /tmp,
   * processes; the journal is empty. Rejects when something could not be undone: then the machine is of no more use.
   */
  async reset(): Promise<void> {
    const { testbed } = this;
    testbed.endStrays();
    await this.#stopUnits();
    this.#snapshot.restore();
    this.#emptyRun();
    for (const directory of ["tmp", "dev/shm", "dev/mqueue"]) this.#empty(directory);
    const steps = [
      "systemd-tmpfiles --create --prefix=/run --prefix=/tmp 2>/dev/null || [ $? -eq 73 ] || [ $? -eq 65 ]",
      "systemctl daemon-reload",
      "systemctl reset-failed",
      "systemctl reload dbus.service",
      "journalctl --sync --rotate --quiet",
      "journalctl --vacuum-size=1 --quiet",
    ];
    await testbed.run(["sh", "-ec", steps.join("\n")]);
    await this.#startUnits();
    await this.#verify();
  }

  async discard(): Promise<void> {
    await this.testbed.shutdown();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #stopUnits(): Promise<void> {
    const live = [...(await liveUnits(this.testbed)).keys()];
    const extra = live.filter((unit) => !this.#units.has(unit) && isStoppable(unit));
    if (extra.length === 0) return;
    // Nobody's orderly end is of interest any more.
    await this.testbed.run(["systemctl", "kill", "--signal=SIGKILL", "--", ...extra], { check: false });
    await this.testbed.run(["systemctl", "stop", "--", ...extra], { check: false });
  }

  async #startUnits(): Promise<void> {
    const live = await liveUnits(this.testbed);
    const missing = [...this.#units].filter(
      ([unit, active]) => active === "active" && isStoppable(unit) && live.get(unit) !== "active",
    );
    const names = missing.map(([unit]) => unit).filter((unit) => !/\.(scope|slice)$/.test(unit));
    if (names.length > 0) await this.testbed.run(["systemctl", "start", "--", ...names]);
  }

  #listUnitFiles(): string[] {
    return UNIT_DIRECTORIES.flatMap((directory) => {
      const path = `${this.testbed.root}/run/systemd/${directory}`;
      try {
        return readdirSync(path).map((name) => `${directory}/${name}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        return [];
      }
    });
  }

  #emptyRun(): void {
    const run = `${this.testbed.root}/run`;
    for (const name of readdirSync(run)) {
      if (this.#run.has(name) || KEPT_IN_RUN.has(name)) continue;
      rmSync(join(run, name), { recursive: true, force: true });
    }
    rmSync(join(run, "hub-helper"), { recursive: true, force: true });
    for (const path of this.#listUnitFiles()) {
      if (!this.#unitFiles.has(path)) rmSync(join(run, "systemd", path), { recursive: true, force: true });
    }
  }

  #empty(directory: string): void {
    const path = `${this.testbed.root}/${directory}`;
    for (const name of readdirSync(path)) {
      // Services that go on running have theirs there, and X11's directories are made at boot.
      if (/^(systemd-private-|\.)/.test(name)) continue;
      rmSync(join(path, name), { recursive: true, force: true });
    }
  }

  async #verify(): Promise<void> {
    const live = await liveUnits(this.testbed);
    const left = [...live.keys()].filter((unit) => !this.#units.has(unit) && isStoppable(unit));
    const lost = [...this.#units].filter(([unit, active]) => isStoppable(unit) && live.get(unit) !== active);
    const wrong = [...left, ...lost.map(([unit]) => unit)].filter((unit) => !/\.slice$/.test(unit));
    if (wrong.length > 0) throw new Error(`not as it was: ${wrong.join(", ")}`);
  }
}
