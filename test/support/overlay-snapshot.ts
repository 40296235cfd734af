import fs from "node:fs";
import { join } from "node:path";
import type { Overlay } from "../../testbed/index.ts";

type Stats = fs.BigIntStats;

const look = (path: string): Stats | null =>
  fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;

/** What is at each path below a directory; a directory comes before what is in it. Other file systems are not entered. */
function treeOf(root: string, isLeftOut: (path: string) => boolean = () => false): Map<string, Stats> {
  const tree = new Map<string, Stats>();
  const device = look(root)?.dev;
  const walk = (directory: string): void => {
    for (const name of fs.readdirSync(join(root, directory))) {
      const path = join(directory, name);
      const stats = look(join(root, path));
      // Gone since the directory was read.
      if (stats === null || isLeftOut(path)) continue;
      tree.set(path, stats);
      if (stats.isDirectory() && stats.dev === device) walk(path);
    }
  };
  walk("");
  return tree;
}

/** overlayfs marks a deleted file of the lower directory with a character device 0/0 in the upper one. */
const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0n;

const META = ["mode", "uid", "gid"] as const;
const hasSameMeta = (a: Stats, b: Stats): boolean => META.every((field) => a[field] === b[field]);

/** What an overlay holds at one moment, and the means to bring it back to that. */
export class OverlaySnapshot {
  readonly #overlay: Overlay;
  readonly #copy: string;
  readonly #isLeftOut: (path: string) => boolean;
  /** Paths whose content is kept in the copy; for every other path the image has it. */
  readonly #kept: ReadonlyMap<string, Stats>;
  /** The upper directory as the last restore left it. */
  #files: ReadonlyMap<string, Stats>;

  /** @param copy an empty directory of the caller's */
  constructor(overlay: Overlay, copy: string, isLeftOut: (path: string) => boolean) {
    this.#overlay = overlay;
    this.#copy = copy;
    this.#isLeftOut = isLeftOut;
    this.#kept = treeOf(overlay.upper, isLeftOut);
    this.#files = this.#kept;
    for (const [path, stats] of this.#kept) {
      copyOne(join(overlay.upper, path), join(copy, path), stats);
    }
  }

  /** Undoes every change since, and returns the paths that were changed. */
  restore(): string[] {
    const now = treeOf(this.#overlay.upper, this.#isLeftOut);
    const changed = new Set<string>();
    for (const [path, stats] of now) {
      if (this.#isChanged(path, stats)) changed.add(path);
      if (stats.isDirectory()) for (const hidden of this.#hiddenBelow(path)) changed.add(hidden);
    }
    for (const path of this.#files.keys()) if (!now.has(path)) changed.add(path);
    const paths = [...changed].sort();
    for (const path of paths) this.#putBack(path);
    // What was put back is newer than what was there.
    this.#files = treeOf(this.#overlay.upper, this.#isLeftOut);
    return paths;
  }

  #isChanged(path: string, now: Stats): boolean {
    const then = this.#files.get(path);
    // A directory that was only copied up, for the sake of a file in it, is what the image has.
    if (then === undefined) {
      const lower = now.isDirectory() ? look(join(this.#overlay.lower, path)) : null;
      return !(lower?.isDirectory() && hasSameMeta(lower, now));
    }
    if (then.isDirectory() && now.isDirectory()) return !hasSameMeta(then, now);
    return then.ctimeNs !== now.ctimeNs || then.ino !== now.ino;
  }

  /** What the image has in a directory and the container does not show: a directory that was made again hides it. */
  #hiddenBelow(path: string): string[] {
    const lower = join(this.#overlay.lower, path);
    if (!look(lower)?.isDirectory()) return [];
    const shown = new Set(fs.readdirSync(join(this.#overlay.merged, path)));
    return fs
      .readdirSync(lower)
      .filter((name) => !shown.has(name))
      .map((name) => join(path, name))
      .filter((below) => !this.#isLeftOut(below) && !this.#isDeletedInSnapshot(below));
  }

  #isDeletedInSnapshot(path: string): boolean {
    const stats = this.#kept.get(path);
    return stats !== undefined && isWhiteout(stats);
  }

  #putBack(path: string): void {
    const target = join(this.#overlay.merged, path);
    const source = join(this.#kept.has(path) ? this.#copy : this.#overlay.lower, path);
    const wanted = this.#isDeletedInSnapshot(path) ? null : look(source);
    const found = look(target);
    if (wanted?.isDirectory() && found?.isDirectory()) {
      copyMeta(target, wanted);
      return;
    }
    if (found !== null) fs.rmSync(target, { recursive: true, force: true });
    if (wanted === null) return;
    copyOne(source, target, wanted);
    // A directory that is made again shows nothing of what the image has in it.
    if (wanted.isDirectory()) for (const below of this.#hiddenBelow(path)) this.#putBack(below);
  }
}

function copyMeta(path: string, { uid, gid, mode }: Stats): void {
  fs.lchownSync(path, Number(uid), Number(gid));
  fs.chmodSync(path, Number(mode) & 0o7777);
}

/** Copies a file, a link, or a directory without what is in it, with owner, mode and times. Sockets, pipes and devices are not kept. */
function copyOne(source: string, target: string, stats: Stats): void {
  if (stats.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(source), target);
    fs.lchownSync(target, Number(stats.uid), Number(stats.gid));
    return;
  }
  if (stats.isDirectory()) fs.mkdirSync(target);
  else if (stats.isFile()) fs.copyFileSync(source, target);
  else return;
  copyMeta(target, stats);
  fs.utimesSync(target, Number(stats.atimeMs) / 1000, Number(stats.mtimeMs) / 1000);
}
