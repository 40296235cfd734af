import type { ChildProcess } from "node:child_process";
import { constants } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { boot, type BootOptions, type Overlay } from "./boot.ts";
import { pack, pipe, unpackInto } from "./copy.ts";
import { endStrays, enter, type EnterOptions, type Stdio } from "./enter.ts";
import { followEntries, journalctl, parseEntry, type JournalEntry, type JournalFilter } from "./journal.ts";
import { CommandFailed, complete, type Result } from "./run.ts";

export interface RunOptions extends EnterOptions {
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Whether to throw CommandFailed for any status but 0; true if not given. */
  readonly check?: boolean;
}

export interface SpawnOptions extends EnterOptions {
  /** Pipes if not given. */
  readonly stdio?: Stdio;
}

export interface WriteOptions {
  /** Octal digits; 644 if not given. */
  readonly mode?: string;
  /** As chown(1) takes it; root if not given. */
  readonly owner?: string;
}

export interface UserOptions {
  readonly uid?: number;
  /** Supplementary groups, which must exist. */
  readonly groups?: readonly string[];
  /** A system account, without a home of its own. */
  readonly system?: boolean;
}

/** Where a booted container is, for root on this machine. */
export interface Place {
  readonly leader: number;
  readonly name: string;
  readonly unified: string;
  readonly overlay: Overlay;
}

export interface FollowOptions extends JournalFilter {
  readonly timeoutMs?: number;
}

const COMMAND_TIMEOUT_MS = 120_000;
const FOLLOW_TIMEOUT_MS = 120_000;

/** A throw-away container that runs this machine's own system, or another, under a real systemd. */
export class Testbed {
  /** PID 1 of the container, as the outside sees it. */
  readonly leader: number;
  /** Its host name, and what its cgroups and its state directory are called on the outside. */
  readonly name: string;
  readonly #place: Place;
  readonly #takeDown: () => Promise<unknown>;

  private constructor(place: Place, takeDown: () => Promise<unknown>) {
    this.leader = place.leader;
    this.name = place.name;
    this.#place = place;
    this.#takeDown = takeDown;
  }

  /** Resolves when systemd is up, degraded or not: see failedUnits. */
  static async boot(options: BootOptions = {}): Promise<Testbed> {
    const { leader, unified, overlay, warden } = await boot(options);
    return new Testbed({ leader, name: warden.name, unified, overlay }, () => warden.takeDown());
  }

  /** One that another process has booted. @param leave called by shutdown, which takes nothing down */
  static attach(place: Place, leave: () => Promise<unknown>): Testbed {
    return new Testbed(place, leave);
  }

  /** What another process needs to attach. */
  get place(): Place {
    return this.#place;
  }

  get overlay(): Overlay {
    return this.#place.overlay;
  }

  /**
   * The container's root, seen from outside with its /run and /tmp, for looking. Absolute symbolic links on the way
   * lead out of the container: write with write and copyIn.
   */
  get root(): string {
    return `/proc/${this.leader}/root`;
  }

  spawn(
    argv: readonly string[],
    { stdio = ["pipe", "pipe", "pipe"], ...options }: SpawnOptions = {},
  ): ChildProcess {
    return enter(this.leader, this.#place.unified, argv, options, stdio);
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const { input = "", timeoutMs = COMMAND_TIMEOUT_MS, check = true, ...entering } = options;
    const result = await complete(this.spawn(argv, entering), argv, input, timeoutMs);
    if (check && result.status !== 0) throw new CommandFailed(argv, result);
    return result;
  }

  /** Writes a file, and makes the directories above it. */
  async write(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
    const { mode = "644", owner = "root:root" } = options;
    // Not install(1): it opens /dev/stdin again, and what a program of Node gets there is a socket.
    const script =
      'mkdir -p "$(dirname "$1")" && rm -f "$1" && umask 077 && cat >"$1" && chown "$2" "$1" && chmod "$3" "$1"';
    await this.run(["sh", "-c", script, "write", path, owner, mode], { input: content });
  }

  async read(path: string): Promise<string> {
    return (await this.run(["cat", path])).stdout;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.run(["test", "-e", path], { check: false })).status === 0;
  }

  /**
   * Copies a file or a directory of this machine to a path inside, owned by root and readable by everybody.
   * The checkout may be out of reach for ordinary accounts; /opt is not.
   */
  async copyIn(source: string, path: string): Promise<void> {
    const found = await stat(source);
    if (found.isDirectory()) {
      await pipe(pack(source), this.spawn(unpackInto(path), { stdio: ["pipe", "inherit", "inherit"] }));
    } else {
      const mode = found.mode & constants.S_IXUSR ? "755" : "644";
      await this.write(path, await readFile(source), { mode });
    }
  }

  async addGroup(name: string): Promise<void> {
    await this.run(["groupadd", name]);
  }

  async addUser(name: string, { uid, groups = [], system = false }: UserOptions = {}): Promise<void> {
    await this.run([
      "useradd",
      "--shell=/bin/bash",
      "--user-group",
      system ? "--system" : "--create-home",
      `--groups=${groups.join(",")}`,
      ...(uid === undefined ? [] : [`--uid=${uid}`]),
      name,
    ]);
  }

  async failedUnits(): Promise<string[]> {
    const list = ["systemctl", "list-units", "--failed", "--plain", "--no-legend"];
    const { stdout } = await this.run(list);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ")[0] ?? "");
  }

  async journal(filter: JournalFilter = {}): Promise<JournalEntry[]> {
    // What a process wrote just before it ended may still be on its way.
    await this.run(["journalctl", "--sync"]);
    const { stdout } = await this.run(journalctl(filter));
    return stdout.split("\n").filter(Boolean).map(parseEntry);
  }

  /** Begins with what the journal has already, so that no event is missed. Leave the loop to stop. */
  followJournal({ timeoutMs = FOLLOW_TIMEOUT_MS, ...filter }: FollowOptions = {}): AsyncGenerator<
    JournalEntry,
    void,
    undefined
  > {
    const argv = [...journalctl(filter), "--follow", "--no-tail"];
    return followEntries(this.spawn(argv, { stdio: ["ignore", "pipe", "inherit"] }), timeoutMs);
  }

  /** Kills what run and spawn have started and what has not ended. */
  endStrays(): void {
    endStrays(this.leader, this.#place.unified);
  }

  /** Resolves when no process, mount or cgroup of the container is left. */
  async shutdown(): Promise<void> {
    await this.#takeDown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}
