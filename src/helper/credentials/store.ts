import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { StagedCredential } from "../../protocol/unit-state.ts";
import { UntrustedPathError } from "../../policy/open-safely.ts";
import { type SetPath, setPathOf } from "../../units/credential-path.ts";
import { STAGED } from "../../units/credential-sources.ts";
import type { UnitName } from "../../units/pattern.ts";
import { putInPlace } from "../posix/exchange.ts";
import { preciseMs } from "../clock.ts";
import type { Directory } from "./directory.ts";
import { Holdings, sizeOf, UNKNOWN_UID } from "./holdings.ts";
import type { SetRecord } from "./lifetime.ts";
import { ENV } from "./render.ts";
import type { RunTree } from "./run-tree.ts";
import { LEAST_ROOM } from "./run-tree.ts";

const setRecord = v.object({
  generation: v.number(),
  writtenAtMs: v.number(),
  invocationId: v.string(),
  started: v.boolean(),
  peerUid: v.optional(v.number()),
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

/** Where a set lies: directories below the staging directory, and its own name in the last of them. */
interface Place {
  readonly above: readonly string[];
  readonly name: string;
}

/** Before sets lay at `%P@%I` they lay at `%n`. A server that runs since then restarts from there. */
const oldPlaceOf = (unit: string): Place => ({ above: [], name: unit });

function placeOf(unit: string): Place | null {
  const names = setPathOf(unit)?.split("/") ?? [];
  const name = names.pop();
  return name === undefined ? null : { above: names, name };
}

const placesOf = (unit: string): Place[] =>
  [placeOf(unit), oldPlaceOf(unit)].filter((place) => place !== null);

const isOld = (name: string): boolean => name.endsWith(".service");

/**
 * Sets of credentials on disk: /run/hub-helper/credentials/PATH/NAME, with the path that `setPathOf` gives the unit.
 * Nothing in here waits, so that no two calls mix: what one has made the other does not prune.
 */
export class CredentialStore {
  readonly #tree: RunTree;
  #known: Holdings | null = null;

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  /** Puts a whole set in the place of the unit's earlier one, in one step; `sweep` has to unlink that one later. */
  replace(
    unit: UnitName,
    set: ReadonlyMap<string, Buffer>,
    invocationId: string,
    peerUid = UNKNOWN_UID,
  ): StagedCredential[] {
    using staging = this.#tree.open("staging");
    if (!this.#hasPlace(staging, unit, peerUid)) throw new NoRoomError("too many credentials are staged");
    this.#stage(staging, unit, set, { writtenAtMs: preciseMs(), invocationId, started: false, peerUid });
    using credentials = this.#tree.open("credentials");
    credentials.moveTo(oldPlaceOf(unit).name, staging, randomUUID());
    return [...set].map(([name, content]) => ({ name, bytes: content.length }));
  }

  /** No uid gets so much that there is none left for another. */
  #hasPlace(staging: Directory, unit: UnitName, uid: number): boolean {
    const holdings = this.#holdings;
    const isNew = holdings.get(unit)?.uid !== uid;
    if (isNew && !holdings.hasSetFor(uid, MOST_SETS + (holdings.get(unit) === null ? 0 : 1))) return false;
    return holdings.hasRoomFor(uid, staging.size, staging.room - LEAST_ROOM);
  }

  /** Read from the disk once; from then on what changes it is noted. */
  get #holdings(): Holdings {
    if (this.#known !== null) return this.#known;
    const holdings = new Holdings();
    for (const unit of this.#tree.names("sets")) {
      using directory = this.#open(unit);
      if (directory === null) continue;
      const { peerUid: uid = UNKNOWN_UID } = this.#recorded(unit) ?? {};
      holdings.put(unit, { uid, sets: 1, ...sizeOf(directory.sizes().values()) });
    }
    return (this.#known = holdings);
  }

  #stage(
    staging: Directory,
    unit: string,
    set: ReadonlyMap<string, Buffer>,
    record: Omit<SetRecord, "generation">,
  ): void {
    const place = placeOf(unit);
    if (place === null) throw new UntrustedPathError(`${unit} can have no directory of credentials`);
    const temporary = randomUUID();
    staging.makeDirectory(temporary);
    try {
      const generation = fill(staging, temporary, set);
      using parent = this.#openParent(unit, place, true);
      if (parent === null) throw new Error("the directory above the credentials is gone");
      // What is remembered goes first: a record without its set is seen as such, by the generation.
      this.#remember(unit, { ...record, generation });
      putInPlace(staging.at(temporary), parent.at(place.name));
      this.#noteStaged(unit, record.peerUid, set, temporary);
    } catch (error) {
      staging.remove(temporary);
      this.#tree.prune("credentials", place.above);
      throw error;
    }
  }

  /** What was replaced counts for whom it was staged, until it is unlinked. */
  #noteStaged(unit: string, uid = UNKNOWN_UID, set: ReadonlyMap<string, Buffer>, replaced: string): void {
    const holdings = this.#holdings;
    const before = holdings.get(unit);
    if (before !== null) holdings.put(replaced, { ...before, sets: 0 });
    const sizes = [...set.values()].map(({ length }) => length);
    holdings.put(unit, { uid, sets: 1, ...sizeOf(sizes) });
  }

  #forget(unit: string): void {
    this.#tree.removeRecord("sets", unit);
    this.#known?.drop(unit);
  }

  /**
   * Opens the directory that a unit's set lies in. No two units of one policy share a path or nest their sets, but a
   * set may be older than the policy.
   * @throws UntrustedPathError where another unit's set lies at, above or below the place
   */
  #openParent(unit: string, { above, name }: Place, make = false): Directory | null {
    const parent = this.#tree.openBelow("credentials", above, make, (directory, names) => {
      if (directory.hasFile(ENV)) throw foreign(names);
    });
    using own = parent?.child(name) ?? null;
    if (own !== null && this.#isForeign(unit, own)) {
      parent?.[Symbol.dispose]();
      throw foreign([...above, name]);
    }
    return parent;
  }

  #isForeign(unit: string, set: Directory): boolean {
    if (set.hasDirectories) return true;
    const generation = set.inode;
    if (this.#recorded(unit)?.generation === generation) return false;
    return this.#tree
      .names("sets")
      .some((other) => other !== unit && this.#recorded(other)?.generation === generation);
  }

  /** The directory of a unit's set; null where it has none. */
  #open(unit: string): Directory | null {
    for (const { above, name } of placesOf(unit)) {
      using parent = this.#tree.openBelow("credentials", above);
      const directory = parent?.child(name) ?? null;
      if (directory !== null) return directory;
    }
    return null;
  }

  /** The names and sizes of a unit's set; empty where there is none. */
  list(unit: string): StagedCredential[] {
    using directory = this.#open(unit);
    if (directory === null) return [];
    return [...directory.sizes()].map(([name, bytes]) => ({ name, bytes })).sort(byName);
  }

  /** Names of the units that have a set. */
  units(): string[] {
    return [...new Set([...this.#tree.names("sets"), ...this.#tree.names("credentials").filter(isOld)])];
  }

  /** Which set a unit has now; null for none. */
  generation(unit: string): number | null {
    using directory = this.#open(unit);
    return directory?.inode ?? null;
  }

  /**
   * Vouches that a unit has no set, or a whole one that is its own and root's alone: PID 1 follows links when it
   * reads it.
   * @returns which set that is
   * @throws UntrustedPathError
   */
  vouch(unit: UnitName): number | null {
    const place = placeOf(unit);
    if (place === null) return null;
    using parent = this.#openParent(unit, place);
    using directory = parent?.trustedChild(place.name) ?? null;
    for (const name of directory?.names() ?? []) directory?.expectFile(name);
    return directory?.inode ?? null;
  }

  #recorded(unit: string): SetRecord | null {
    const parsed = v.safeParse(setRecord, this.#tree.readRecord("sets", unit));
    return parsed.success ? parsed.output : null;
  }

  /** What is remembered of a unit's set; null where it has none. */
  record(unit: string, invocationId: string): SetRecord | null {
    const generation = this.generation(unit);
    if (generation === null) return null;
    const recorded = this.#recorded(unit);
    if (recorded?.generation === generation) return recorded;
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
    using staging = this.#tree.open("staging");
    for (const { above, name } of placesOf(unit)) {
      using parent = this.#tree.openBelow("credentials", above);
      const temporary = randomUUID();
      if (parent?.moveTo(name, staging, temporary)) staging.remove(temporary);
      this.#tree.prune("credentials", above);
    }
    this.#forget(unit);
    return names.length;
  }

  /**
   * Stages the sets of an older helper at their new places as well. A unit that was loaded before still restarts from
   * the old one, and after a daemon-reload it restarts from the new one.
   */
  copyOldSets(): void {
    using staging = this.#tree.open("staging");
    using credentials = this.#tree.open("credentials");
    for (const unit of credentials.names().filter(isOld)) {
      using old = credentials.child(unit);
      const place = placeOf(unit);
      if (old === null || place === null || this.vouch(unit as UnitName) !== null) continue;
      const record = this.record(unit, "");
      const files = [...old.sizes().keys()].map((name) => [name, old.readFile(name)] as const);
      const set = new Map(files.flatMap(([name, content]) => (content === null ? [] : [[name, content]])));
      if (record !== null && set.has(ENV)) this.#stage(staging, unit, set, record);
    }
  }

  /**
   * Brings the tree and the records into line: forgets records without a set, prunes what is empty, and remembers sets
   * that nothing is known of, where `unitAt` knows whose they are. One step after the other: there may be thousands.
   */
  *tidy(unitAt: (path: SetPath) => UnitName | null): Generator<void, void> {
    for (const unit of this.#tree.names("sets")) {
      if (this.generation(unit) === null) this.#forget(unit);
      yield;
    }
    const known = new Set(this.#tree.names("sets").map(setPathOf));
    const ahead: (readonly string[])[] = [[]];
    const emptied: (readonly string[])[] = [];
    while (ahead.length > 0) {
      const names = ahead.pop() ?? [];
      if (known.has(names.join("/")) || isOld(names[0] ?? "")) continue;
      const below = this.#lookInto(names, unitAt);
      ahead.push(...below.map((name) => [...names, name]));
      if (names.length > 0) emptied.push(names);
      yield;
    }
    for (const names of emptied.reverse()) {
      // One that is gone already stops no other.
      this.#tree.prune("credentials", names);
      yield;
    }
  }

  /** Remembers the set that a directory is, or gives the directories that it has. */
  #lookInto(names: readonly string[], unitAt: (path: SetPath) => UnitName | null): readonly string[] {
    using directory = this.#tree.openBelow("credentials", names);
    if (directory === null) return [];
    if (!directory.hasFile(ENV)) return directory.names().filter((name) => directory.isDirectory(name));
    const unit = unitAt(names.join("/"));
    if (unit !== null) this.record(unit, "");
    return [];
  }

  /**
   * Unlinks what replaced sets and crashes have left, one after the other.
   * @returns whether some of it is too young to go
   */
  *sweep(): Generator<void, boolean> {
    let isLeft = false;
    for (const name of this.#tree.names("staging")) {
      using staging = this.#tree.open("staging");
      const age = staging.ageMs(name);
      if (age === null) continue;
      if (Math.abs(age) < REPLACED_MS / 2) {
        isLeft = true;
        continue;
      }
      staging.remove(name);
      this.#known?.drop(name);
      yield;
    }
    return isLeft;
  }

  #remember(unit: string, record: SetRecord): void {
    this.#tree.writeRecord("sets", unit, record);
  }
}

/** Writes the files of a set and gives its generation. */
function fill(staging: Directory, temporary: string, set: ReadonlyMap<string, Buffer>): number {
  using directory = staging.child(temporary);
  if (directory === null) throw new Error("the staging directory is gone");
  for (const [name, content] of set) directory.writeFile(name, content);
  directory.sync();
  return directory.inode;
}

const foreign = (names: readonly string[]): UntrustedPathError =>
  new UntrustedPathError(
    `${STAGED}/${names.join("/")} holds the credentials of another unit; stop that unit`,
  );

const byName = (a: StagedCredential, b: StagedCredential): number => (a.name < b.name ? -1 : 1);
