import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { findHierarchies } from "./hierarchies.ts";
import { busInUse, findImage, imageInUse, nodeInUse, type ImageName } from "./image.ts";
import { waitForLeader } from "./leader.ts";
import { sweepAbandoned } from "./owner.ts";
import { complete } from "./run.ts";
import { Warden } from "./warden.ts";

export interface BootOptions {
  /** The image to boot; the one that TESTBED_IMAGE names, or trixie, if not given. */
  readonly image?: ImageName;
  /** A directory with a root file system, to boot in an image's place; "/" is this machine's own. */
  readonly lower?: string;
  /** Directories of this machine that are to stand in the container, by their place there: writable, and kept. */
  readonly layers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Where the files of a container stand on the outside. */
export interface Overlay {
  /** The image. */
  readonly lower: string;
  /** What was written since it was booted. */
  readonly upper: string;
  /** Both, as the container sees them. */
  readonly merged: string;
}

export interface Booted {
  readonly warden: Warden;
  readonly leader: number;
  readonly unified: string;
  readonly overlay: Overlay;
}

const RETRY_INTERVAL_MS = 20;

/** Rejects with what the console said when PID 1 does not come up in time. */
export async function boot(options: BootOptions): Promise<Booted> {
  const { layers = {}, timeoutMs = 60_000 } = options;
  requireMeans();
  const lower = options.lower ?? (await findImage(options.image ?? imageInUse()));
  const hierarchies = findHierarchies();
  await sweepAbandoned(hierarchies);
  const isImage = options.lower === undefined;
  const node = isImage ? await nodeInUse() : null;
  const binds = node === null ? [] : [node];
  const bus = isImage ? busInUse() : "dbus-daemon";
  const warden = await Warden.start({ lower, layers, binds, bus }, hierarchies);
  const giveUp = new AbortController();
  void warden.gone.then(() => {
    giveUp.abort(new Error("The container ended."));
  });
  const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const leader = await waitForLeader(warden.nspawn, signal);
    await waitUntilUp(leader, signal, timeoutMs);
    const overlay = { lower, upper: warden.upper, merged: `/proc/${leader}/root` };
    return { warden, leader, unified: hierarchies.unified, overlay };
  } catch (error) {
    const console = await warden.takeDown();
    throw new Error(`The testbed did not boot. Its console said:\n${console}`, { cause: error });
  }
}

function requireMeans(): void {
  if (process.getuid?.() !== 0) throw new Error("The testbed boots a container, and that needs root.");
  if (!existsSync("/usr/bin/systemd-nspawn")) {
    throw new Error("The testbed needs systemd-nspawn; scripts/prepare installs it.");
  }
}

/** See is-system-running in systemctl(1). A failed unit is for the test to judge, so "degraded" is up too. */
async function waitUntilUp(leader: number, signal: AbortSignal, timeoutMs: number): Promise<void> {
  const argv = ["nsenter", `--target=${leader}`, "--all", "--", "systemctl", "is-system-running", "--wait"];
  for (;;) {
    const systemctl = spawn("nsenter", argv.slice(1), { signal, stdio: "pipe" });
    const { stdout } = await complete(systemctl, argv, "", timeoutMs);
    const state = stdout.trim();
    if (state === "running" || state === "degraded") return;
    if (state === "maintenance") throw new Error("The container is in emergency mode.");
    // PID 1 does not listen yet.
    await delay(RETRY_INTERVAL_MS, undefined, { signal });
  }
}
