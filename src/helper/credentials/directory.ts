import fs, { constants } from "node:fs";
import {
  openSafely,
  openTrusted,
  ROOT_ALONE,
  type Trust,
  UntrustedPathError,
} from "../../policy/open-safely.ts";

import type { Size } from "./holdings.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_DIRECTORY } = constants;
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** A directory held open: names below it resolve from the directory itself, whatever its path has come to mean. */
export class Directory implements Disposable {
  readonly #fd: number;
  /** For messages only. */
  readonly #path: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  /** Opens a directory that nobody but root can have made or changed, following no link. */
  static open(path: string, trust: Trust = ROOT_ALONE): Directory {
    return new Directory(openSafely(path, "directory", trust), path);
  }

  /** A path of something directly below. */
  at(name: string): string {
    return `/proc/self/fd/${this.#fd}/${name}`;
  }

  /** Tells one directory from another that took its name. */
  get inode(): number {
    return fs.fstatSync(this.#fd).ino;
  }

  names(): string[] {
    return fs.readdirSync(`/proc/self/fd/${this.#fd}`);
  }

  /** A directory below, or null where there is none (a link is none). */
  child(name: string): Directory | null {
    try {
      const fd = fs.openSync(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      return new Directory(fd, `${this.#path}/${name}`);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return null;
      throw error;
    }
  }

  /**
   * A directory below that nobody but its owner can have made or changed, or null where there is nothing.
   * @throws UntrustedPathError for anything else
   */
  safeChild(name: string, owner: number): Directory | null {
    const path = `${this.#path}/${name}`;
    try {
      return new Directory(openTrusted(this.at(name), path, "directory", owner), path);
    } catch (error) {
      if (error instanceof UntrustedPathError && error.missing) return null;
      throw error;
    }
  }

  /**
   * A directory below, or null where there is nothing.
   * @throws UntrustedPathError for anything else
   */
  trustedChild(name: string): Directory | null {
    const child = this.child(name);
    if (child === null && this.ageMs(name) !== null)
      throw new UntrustedPathError(`${this.#path}/${name} is not a directory`);
    return child;
  }

  /** @throws UntrustedPathError where a name below is something else than a regular file */
  expectFile(name: string): void {
    if (!fs.lstatSync(this.at(name)).isFile())
      throw new UntrustedPathError(`${this.#path}/${name} is not a regular file`);
  }

  /** Whether a name below is a regular file. */
  hasFile(name: string): boolean {
    return fs.lstatSync(this.at(name), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  isDirectory(name: string): boolean {
    return fs.lstatSync(this.at(name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  get hasDirectories(): boolean {
    return this.names().some((name) => this.isDirectory(name));
  }

  /** The part of the file system that is free, of blocks or of inodes, whichever is less. */
  get room(): number {
    const { bavail, blocks, ffree, files } = fs.statfsSync(`/proc/self/fd/${this.#fd}`);
    return Math.min(bavail / blocks, files === 0 ? 1 : ffree / files);
  }

  /** The size of the file system. */
  get size(): Size {
    const { blocks, bsize, files } = fs.statfsSync(`/proc/self/fd/${this.#fd}`);
    return { bytes: blocks * bsize, files };
  }

  makeDirectory(name: string): void {
    fs.mkdirSync(this.at(name), { mode: PRIVATE_DIRECTORY });
  }

  /** Makes a directory unless it is there already. */
  ensureDirectory(name: string): void {
    try {
      this.makeDirectory(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }

  /** Writes a file that must not be there yet. */
  writeFile(name: string, content: Uint8Array): void {
    const fd = fs.openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_FILE);
    try {
      fs.writeFileSync(fd, content);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** The content of a file, or null where there is none (a link is none). */
  readFile(name: string): Buffer | null {
    let fd: number;
    try {
      fd = fs.openSync(this.at(name), O_RDONLY | O_NOFOLLOW);
    } catch (error) {
      if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
      throw error;
    }
    try {
      return fs.readFileSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Sizes of the regular files, by name. */
  sizes(): Map<string, number> {
    return new Map(
      this.names()
        .map((name) => [name, fs.lstatSync(this.at(name))] as const)
        .filter(([, stat]) => stat.isFile())
        .map(([name, stat]) => [name, stat.size]),
    );
  }

  /** How long ago something below was last changed, in milliseconds; null where it is not there. */
  ageMs(name: string): number | null {
    try {
      return Date.now() - fs.lstatSync(this.at(name)).ctimeMs;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Renames something below to a name in another directory, in one step. Whether it was there. */
  moveTo(name: string, other: Directory, newName: string): boolean {
    try {
      fs.renameSync(this.at(name), other.at(newName));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Removes a file, a link (never what it points to) or a directory with all that is in it. */
  remove(name: string): void {
    fs.rmSync(this.at(name), { recursive: true, force: true });
  }

  /** Removes a directory that is empty. Whether there is none any more. */
  removeEmpty(name: string): boolean {
    try {
      fs.rmdirSync(this.at(name));
      return true;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return true;
      if (["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(code)) return false;
      throw error;
    }
  }

  sync(): void {
    fs.fsyncSync(this.#fd);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd);
  }
}
