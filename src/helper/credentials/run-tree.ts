import { randomUUID } from "node:crypto";
import { ROOT_ALONE, type Trust, UntrustedPathError } from "../../policy/open-safely.ts";
import { Directory } from "./directory.ts";
import { RUN_DIRECTORY, type Room } from "./rooms.ts";

/** The part of the file system that stays free: nothing is staged where there is less. */
export const LEAST_ROOM = 0.25;

/**
 * The helper's state, all of it on a tmpfs. Every use opens it anew from `/` and believes it only while it is
 * root's alone: PID 1 follows links when it reads credentials, so none may ever be planted here.
 */
export class RunTree {
  readonly #path: string;
  readonly #trust: Trust;

  constructor(path: string = RUN_DIRECTORY, trust: Trust = ROOT_ALONE) {
    this.#path = path;
    this.#trust = trust;
  }

  /**
   * Opens a room, which is made when it is missing. tmpfiles.d makes them all at boot.
   * @throws UntrustedPathError
   */
  open(room: Room): Directory {
    const open = (): Directory => Directory.open(`${this.#path}/${room}`, this.#trust);
    try {
      return open();
    } catch (error) {
      if (!(error instanceof UntrustedPathError && error.missing)) throw error;
      using top = Directory.open(this.#path, this.#trust);
      top.ensureDirectory(room);
      return open();
    }
  }

  /**
   * Opens a directory below a room, each component checked like the first. Null where there is none.
   * @param make makes what is missing
   * @param check throws to refuse a component that was opened
   */
  openBelow(
    room: Room,
    names: readonly string[],
    make = false,
    check: (directory: Directory, names: readonly string[]) => void = () => undefined,
  ): Directory | null {
    let directory = this.open(room);
    for (const [at, name] of names.entries()) {
      using above = directory;
      if (make) above.ensureDirectory(name);
      const child = above.safeChild(name, this.#trust.owner);
      if (child === null) return null;
      directory = child;
      try {
        check(child, names.slice(0, at + 1));
      } catch (error) {
        child[Symbol.dispose]();
        throw error;
      }
    }
    return directory;
  }

  /** Removes directories that are empty, the lowest first, up to the room. rmdir(2) takes none that is not. */
  prune(room: Room, names: readonly string[]): void {
    for (let length = names.length; length > 0; length--) {
      using above = this.openBelow(room, names.slice(0, length - 1));
      if (above !== null && !above.removeEmpty(names[length - 1] ?? "")) return;
    }
  }

  /** Writes a small JSON file in one step. */
  writeRecord(room: Room, name: string, value: unknown): void {
    using staging = this.open("staging");
    using target = this.open(room);
    const temporary = randomUUID();
    staging.writeFile(temporary, Buffer.from(JSON.stringify(value)));
    staging.moveTo(temporary, target, name);
  }

  /** Reads what `writeRecord` wrote, or null. */
  readRecord(room: Room, name: string): unknown {
    using directory = this.open(room);
    const bytes = directory.readFile(name);
    return bytes === null ? null : JSON.parse(bytes.toString("utf8"));
  }

  removeRecord(room: Room, name: string): void {
    using directory = this.open(room);
    directory.remove(name);
  }

  names(room: Room): string[] {
    using directory = this.open(room);
    return directory.names();
  }
}
