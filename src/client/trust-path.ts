import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** As many links as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;
const WRITABLE_BY_OTHERS = 0o022;

/** Names the component of a path that somebody other than its owner could have put there. */
export class UntrustedPath extends Error {
  override readonly name = "UntrustedPath";
  readonly component: string;
  readonly problem: string;

  constructor(component: string, problem: string) {
    super(`${component} ${problem}`);
    this.component = component;
    this.problem = problem;
  }
}

export interface Trust {
  /** The uid that components may belong to, beside root. */
  readonly owner: number;
  /** A directory without links whose own parents are not looked at. Default `/`. */
  readonly top?: string;
}

const componentsOf = (path: string): string[] =>
  path.split("/").filter((name) => name !== "" && name !== ".");

/**
 * Walks a path as the kernel would, links included, and returns it without links.
 * Every directory on the way must belong to root (or `owner`) and be writable by its owner alone: who can write
 * one of them, sticky or not, can put a socket of their own there. The socket's own mode is not judged: to write
 * to it is to connect, and no more.
 * @throws UntrustedPath, or the system's error where a component cannot be looked at
 */
export async function resolveTrusted(socketPath: string, { owner, top = "/" }: Trust): Promise<string> {
  const ahead = componentsOf(resolve(socketPath).slice(top.length));
  let at = top;
  let links = 0;
  judgeDirectory(at, await lstat(at), owner);
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const path = join(at, name);
    const stats = await lstat(path);
    judgeOwner(path, stats, owner);
    if (stats.isSymbolicLink()) {
      if (++links > MAX_LINKS) throw new UntrustedPath(path, "is a link in a loop");
      const target = await readlink(path);
      if (target.startsWith("/")) at = "/";
      ahead.unshift(...componentsOf(target));
      continue;
    }
    if (ahead.length > 0) judgeDirectory(path, stats, owner);
    else if (!stats.isSocket()) throw new UntrustedPath(path, "is not a socket");
    at = path;
  }
  return at;
}

function judgeOwner(path: string, stats: Stats, owner: number): void {
  if (stats.uid !== 0 && stats.uid !== owner) {
    throw new UntrustedPath(path, `belongs to uid ${stats.uid}${owner === 0 ? ", not to root" : ""}`);
  }
}

function judgeDirectory(path: string, stats: Stats, owner: number): void {
  if (!stats.isDirectory()) throw new UntrustedPath(path, "is not a directory");
  judgeOwner(path, stats, owner);
  if ((stats.mode & WRITABLE_BY_OTHERS) !== 0) {
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
    throw new UntrustedPath(path, `is writable by others than its owner (mode ${mode})`);
  }
}
