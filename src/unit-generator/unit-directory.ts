import { randomUUID } from "node:crypto";
import fs, { constants } from "node:fs";
import { openSafely, type Trust } from "../policy/open-safely.ts";
import { type Origin, readMarker } from "./marker.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
const MODE = 0o644;
const MAX_UNIT_BYTES = 1_048_576;

/** No name of a unit has this form, so systemd passes over it: unit_name_is_valid() in unit-name.c. */
const STAGED = /^\.hub-helper-unit-[0-9a-f-]{36}$/;
/** A file that is being written is older than this only if its writer was killed. */
const FORGOTTEN_MS = 10 * 60_000;

/** What stands at a name. */
export type Standing =
  | { readonly kind: "nothing" }
  | { readonly kind: "ours"; readonly origin: Origin; readonly text: string; readonly isPublic: boolean }
  /** Not made by the generator; `what` goes on after "it". */
  | { readonly kind: "foreign"; readonly what: string };

const foreign = (what: string): Standing => ({ kind: "foreign", what });

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** The directory that units are written to, held open: nothing that its path comes to mean can lead elsewhere. */
export class UnitDirectory implements Disposable {
  readonly #fd: number;
  readonly #owner: number;

  private constructor(fd: number, owner: number) {
    this.#fd = fd;
    this.#owner = owner;
  }

  /** @throws UntrustedPathError unless it is root's alone, and no link leads there */
  static open(path: string, trust: Trust): UnitDirectory {
    return new UnitDirectory(openSafely(path, "directory", trust), trust.owner);
  }

  #at(name: string): string {
    return `/proc/self/fd/${this.#fd}/${name}`;
  }

  names(): string[] {
    return fs.readdirSync(`/proc/self/fd/${this.#fd}`);
  }

  /** Looks at what stands at a name, and follows no link. */
  look(name: string): Standing {
    const stat = fs.lstatSync(this.#at(name), { throwIfNoEntry: false });
    if (stat === undefined) return { kind: "nothing" };
    // Opening a device can do something, so only a file is opened.
    if (!stat.isFile())
      return foreign(stat.isSymbolicLink() ? "is a symbolic link" : "is not a regular file");
    let fd: number;
    try {
      fd = fs.openSync(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      return codeOf(error) === "ENOENT"
        ? { kind: "nothing" }
        : foreign(`cannot be opened (${codeOf(error)})`);
    }
    try {
      return this.#judge(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  #judge(fd: number): Standing {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return foreign("is not a regular file");
    if (stat.uid !== this.#owner) return foreign(`belongs to uid ${stat.uid}`);
    if (stat.size > MAX_UNIT_BYTES) return foreign("was not made by the unit generator");
    const text = fs.readFileSync(fd, "utf8");
    const origin = readMarker(text);
    if (origin === null) return foreign("was not made by the unit generator");
    return { kind: "ours", origin, text, isPublic: (stat.mode & 0o7777) === MODE };
  }

  /** Writes a file under a name that systemd never loads, and gives that name. */
  stage(text: string): string {
    const staged = `.hub-helper-unit-${randomUUID()}`;
    const fd = fs.openSync(this.#at(staged), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MODE);
    try {
      fs.fchmodSync(fd, MODE); // whatever the umask
      fs.writeFileSync(fd, text);
      fs.fsyncSync(fd);
    } catch (error) {
      this.discard(staged);
      throw error;
    } finally {
      fs.closeSync(fd);
    }
    return staged;
  }

  /** Gives a staged file its name. Whether it did: what the generator did not make is never replaced. */
  publish(staged: string, name: string): boolean {
    try {
      // Unlike rename(2) this takes nobody's place.
      fs.linkSync(this.#at(staged), this.#at(name));
      this.discard(staged);
      return true;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    if (this.look(name).kind === "foreign") return false;
    fs.renameSync(this.#at(staged), this.#at(name));
    return true;
  }

  /** Removes a staged file. */
  discard(staged: string): void {
    if (STAGED.test(staged)) fs.rmSync(this.#at(staged), { force: true });
  }

  /** Removes a unit that the generator made. Whether it was there. */
  remove(name: string): boolean {
    if (this.look(name).kind !== "ours") return false;
    fs.rmSync(this.#at(name), { force: true });
    return true;
  }

  /** Removes what killed runs have left staged. */
  discardForgotten(now: number = Date.now()): void {
    for (const name of this.names().filter((each) => STAGED.test(each))) {
      const stat = fs.lstatSync(this.#at(name), { throwIfNoEntry: false });
      const isOurs = stat?.isFile() === true && stat.uid === this.#owner;
      if (isOurs && now - stat.mtimeMs > FORGOTTEN_MS) this.discard(name);
    }
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd);
  }
}
