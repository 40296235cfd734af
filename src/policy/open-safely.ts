import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/** Whose files are believed: `base` and everything below it must belong to `owner`. */
export interface Trust {
  readonly base: string;
  readonly owner: number;
}

export const ROOT_ALONE: Trust = Object.freeze({ base: "/", owner: 0 });

interface UntrustedPathOptions extends ErrorOptions {
  readonly missing?: boolean;
  readonly mend?: readonly string[] | null;
}

/** A path that is missing, or that somebody else could have written. The message is a sentence for the admin. */
export class UntrustedPathError extends Error {
  override readonly name = "UntrustedPathError";
  /** Whether there is nothing at that path. */
  readonly missing: boolean;
  /** A command for root that mends it, as program and arguments; null where no command can. */
  readonly mend: readonly string[] | null;

  constructor(message: string, { missing = false, mend = null, ...options }: UntrustedPathOptions = {}) {
    super(message, options);
    this.missing = missing;
    this.mend = mend;
  }
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const GROUP_OR_OTHERS_WRITE = 0o022;

type Kind = "file" | "directory";

// A FIFO in the file's place must not make us wait for its writer, so O_NONBLOCK.
const FLAGS: Readonly<Record<Kind, number>> = {
  directory: O_RDONLY | O_NOFOLLOW | O_DIRECTORY,
  file: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
};

const FAILURES: Partial<Record<string, string>> = {
  ENOENT: "does not exist",
  ELOOP: "is a symbolic link; put the file itself there",
  ENOTDIR: "is a symbolic link or no directory; put the directory itself there",
};

function openOne(from: string, shown: string, kind: Kind): number {
  try {
    return openSync(from, FLAGS[kind]);
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const failure = FAILURES[code] ?? `cannot be opened (${code})`;
    throw new UntrustedPathError(`${shown} ${failure}`, { missing: code === "ENOENT", cause });
  }
}

/**
 * Whether a command may be advised that changes the owner or the mode. A draft may lie in somebody's home or in
 * /tmp: to take those from everybody else would break more than it mends.
 */
const mayMend = (shown: string, kind: Kind): boolean =>
  kind === "file" || shown === "/etc" || shown.startsWith("/etc/");

/** Judges what was opened, and not the path: the path may lead elsewhere by now. */
function judge(fd: number, shown: string, kind: Kind, owner: number): void {
  const stat = fstatSync(fd);
  if (kind === "file" && !stat.isFile()) throw new UntrustedPathError(`${shown} is not a regular file`);
  if (stat.uid !== owner) {
    const mend = mayMend(shown, kind) ? ["chown", owner === 0 ? "root:root" : String(owner), shown] : null;
    throw new UntrustedPathError(`${shown} belongs to uid ${stat.uid}; it must belong to uid ${owner}`, {
      mend,
    });
  }
  if ((stat.mode & GROUP_OR_OTHERS_WRITE) !== 0) {
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
    const mend = mayMend(shown, kind) ? ["chmod", "go-w", shown] : null;
    throw new UntrustedPathError(`${shown} is writable by group or others (mode ${mode}); chmod go-w it`, {
      mend,
    });
  }
}

/**
 * Opens one path without following a link at its end, and checks what was opened. The way to it must be trusted, as a
 * directory that is held open is. The caller closes the descriptor.
 * @throws UntrustedPathError
 */
export function openTrusted(from: string, shown: string, kind: Kind, owner: number): number {
  const fd = openOne(from, shown, kind);
  try {
    judge(fd, shown, kind, owner);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Names below the base, or null where the path does not lie in it. */
function componentsOf(path: string, base: string): string[] | null {
  const prefix = base.endsWith("/") ? base : `${base}/`;
  if (!path.startsWith(prefix)) return null;
  const names = path.slice(prefix.length).split("/");
  return names.some((name) => name === "" || name === "." || name === "..") ? null : names;
}

/**
 * Opens a path component by component from the trusted base, following no link, and judges every component by
 * its descriptor. The caller closes the descriptor.
 * @throws UntrustedPathError
 */
export function openSafely(path: string, kind: Kind, trust: Trust): number {
  const names = componentsOf(path, trust.base);
  if (names === null) throw new UntrustedPathError(`${path} is not a plain path below ${trust.base}`);
  let shown = trust.base;
  let fd = openTrusted(trust.base, shown, "directory", trust.owner);
  for (const [at, name] of names.entries()) {
    shown = join(shown, name);
    const parent = fd;
    try {
      fd = openTrusted(
        `/proc/self/fd/${parent}/${name}`,
        shown,
        at === names.length - 1 ? kind : "directory",
        trust.owner,
      );
    } finally {
      closeSync(parent);
    }
  }
  return fd;
}

function readAtMost(fd: number, maxBytes: number): Buffer | null {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
  }
  return null;
}

/** Reads a whole file that only `trust.owner` can have written. */
export function readSafely(path: string, maxBytes: number, trust: Trust = ROOT_ALONE): Buffer {
  const fd = openSafely(path, "file", trust);
  try {
    const bytes = readAtMost(fd, maxBytes);
    if (bytes === null) throw new UntrustedPathError(`${path} is longer than ${maxBytes} bytes`);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** Lists the names in a directory that only `trust.owner` can have written, in byte order. */
export function listSafely(path: string, trust: Trust = ROOT_ALONE): string[] {
  const fd = openSafely(path, "directory", trust);
  try {
    return readdirSync(`/proc/self/fd/${fd}`, { encoding: "buffer" })
      .toSorted((a, b) => Buffer.compare(a, b))
      .map((name) => name.toString("utf8"));
  } finally {
    closeSync(fd);
  }
}
