import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { StagedCredential } from "../../protocol/unit-state.ts";
import type { UnitName } from "../../units/pattern.ts";
import { putInPlace } from "../posix/exchange.ts";
import { preciseMs } from "../clock.ts";
import type { Directory } from "./directory.ts";
import type { SetRecord } from "./lifetime.ts";
import type { RunTree } from "./run-tree.ts";
import { LEAST_ROOM } from "./run-tree.ts";

const setRecord = v.object({
  generation: v.number(),
  writtenAtMs: v.number(),
  invocationId: v.string(),
  started: v.boolean(),
});

/** How long a replaced set lies about before it is unlinked, in milliseconds: PID 1 may be reading it. */
export const REPLACED_MS = 5_000;

/** A hub makes up the names of servers, so it can have sets without end: /run is everybody's, and it is memory. */
const MOST_SETS = 4096;

/** A set that is not staged because too much is. */
class NoRoomError extends Error {
  override readonly name = "NoRoomError";
  readonly code = "ENOSPC";
}

/** Sets of credentials on disk: /run/hub-helper/credentials/<unit>/<name>. */
export class CredentialStore {
  readonly #tree: RunTree;

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  /** Puts a whole set in the place of the unit's earlier one, in one step; `sweep` has to unlink that one later. */
  replace(unit: UnitName, set: ReadonlyMap<string, Buffer>, invocationId: string): StagedCredential[] {
    using staging = this.#tree.open("staging");
    using credentials = this.#tree.open("credentials");
    if (credentials.room < LEAST_ROOM || this.#isFull(credentials, unit)) {
      throw new NoRoomError("too many credentials are staged");
    }
    const temporary = randomUUID();
    staging.makeDirectory(temporary);
    try {
      const generation = this.#fill(temporary, set);
      // What is remembered goes first: a record without its set is seen as such, by the generation.
      this.#remember(unit, { generation, writtenAtMs: preciseMs(), invocationId, started: false });
      putInPlace(staging.at(temporary), credentials.at(unit));
    } catch (error) {
      staging.remove(temporary);
      throw error;
    }
    return [...set].map(([name, content]) => ({ name, bytes: content.length }));
  }

  #isFull(credentials: Directory, unit: UnitName): boolean {
    const names = credentials.names();
    return names.length >= MOST_SETS && !names.includes(unit);
  }

  /** Writes the files of a set and gives its generation. */
  #fill(temporary: string, set: ReadonlyMap<string, Buffer>): number {
    using staging = this.#tree.open("staging");
    using directory = staging.child(temporary);
    if (directory === null) throw new Error("the staging directory is gone");
    for (const [name, content] of set) directory.writeFile(name, content);
    directory.sync();
    return directory.inode;
  }

  /** The names and sizes of a unit's set; empty where there is none. */
  list(unit: string): StagedCredential[] {
    using credentials = this.#tree.open("credentials");
    using directory = credentials.child(unit);
    if (directory === null) return [];
    return [...directory.sizes()].map(([name, bytes]) => ({ name, bytes })).sort(byName);
  }

  /** Names of the units that have a set. */
  units(): string[] {
    return this.#tree.names("credentials");
  }

  /** Which set a unit has now; null for none. */
  generation(unit: string): number | null {
    using credentials = this.#tree.open("credentials");
    using directory = credentials.child(unit);
    return directory?.inode ?? null;
  }

  /**
   * Vouches that a unit has no set, or a whole one that is root's alone: PID 1 follows links when it reads it.
   * @returns which set that is
   * @throws UntrustedPathError
   */
  vouch(unit: UnitName): number | null {
    using credentials = this.#tree.open("credentials");
    using directory = credentials.trustedChild(unit);
    for (const name of directory?.names() ?? []) directory?.expectFile(name);
    return directory?.inode ?? null;
  }

  /** What is remembered of a unit's set; null where it has none. */
  record(unit: string, invocationId: string): SetRecord | null {
    const generation = this.generation(unit);
    if (generation === null) return null;
    const parsed = v.safeParse(setRecord, this.#tree.readRecord("sets", unit));
    if (parsed.success && parsed.output.generation === generation) return parsed.output;
    // A crash came between the record and the set, in a helper before this one.
    const fresh = { generation, writtenAtMs: preciseMs(0), invocationId, started: false };
    this.#remember(unit, fresh);
    return fresh;
  }

  /** Notes that PID 1 took a start for which a set is meant, unless another has taken its place meanwhile. */
  markStarted(unit: UnitName, generation: number | null): void {
    if (generation === null) return;
    const record = this.record(unit, "");
    if (record?.generation === generation && !record.started)
      this.#remember(unit, { ...record, started: true });
  }

  /** Takes a unit's set away, and gives the number of credentials it had. */
  remove(unit: string): number {
    const names = this.list(unit);
    using credentials = this.#tree.open("credentials");
    using staging = this.#tree.open("staging");
    const temporary = randomUUID();
    if (credentials.moveTo(unit, staging, temporary)) staging.remove(temporary);
    this.#tree.removeRecord("sets", unit);
    return names.length;
  }

  /** Unlinks what replaced sets and crashes have left. */
  sweep(): void {
    using staging = this.#tree.open("staging");
    for (const name of staging.names()) {
      const age = staging.ageMs(name);
      if (age !== null && Math.abs(age) >= REPLACED_MS / 2) staging.remove(name);
    }
  }

  #remember(unit: string, record: SetRecord): void {
    this.#tree.writeRecord("sets", unit, record);
  }
}

const byName = (a: StagedCredential, b: StagedCredential): number => (a.name < b.name ? -1 : 1);
