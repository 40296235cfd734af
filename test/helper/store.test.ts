import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { RunTree } from "../../src/helper/credentials/run-tree.ts";
import { CredentialStore } from "../../src/helper/credentials/store.ts";
import { UntrustedPathError } from "../../src/policy/open-safely.ts";
import type { UnitName } from "../../src/units/pattern.ts";

const MOST_SETS = 4096;
const set = new Map([["env", Buffer.from("A=1\n")]]);
const unit = (number: number): UnitName => `jupyterhub-singleuser-zoe@s${number}.service` as UnitName;

let path: string;
let store: CredentialStore;

beforeEach(() => {
  // A tmpfs as /run is one: how full the disk is must not matter here.
  path = mkdtempSync("/dev/shm/hub-helper-store-");
  mkdirSync(join(path, "run"), { mode: 0o755 });
  const trust = { base: path, owner: process.getuid?.() ?? 0 };
  store = new CredentialStore(new RunTree(join(path, "run"), trust));
});

afterEach(() => {
  rmSync(path, { recursive: true });
});

const ZOE = "jupyterhub-singleuser-zoe.service" as UnitName;
const staged = (...names: string[]): string => join(path, "run/credentials", ...names);

/** Stages a set as helpers before this one did. */
function stageOld(name: UnitName, started: boolean): void {
  store.remove(name); // makes the rooms
  mkdirSync(staged(name), { mode: 0o700 });
  writeFileSync(staged(name, "env"), "OLD=1\n", { mode: 0o600 });
  const record = { generation: statSync(staged(name)).ino, writtenAtMs: 7, invocationId: "", started };
  writeFileSync(join(path, "run/sets", name), JSON.stringify(record));
}

test("so many sets can be staged and no more, and one of them can still be replaced", () => {
  for (let number = 0; number < MOST_SETS; number++) store.replace(unit(number), set, "");

  expect(() => store.replace(unit(MOST_SETS), set, "")).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  expect(store.list(unit(MOST_SETS))).toEqual([]);
  expect(store.replace(unit(0), set, "")).toEqual([{ name: "env", bytes: 4 }]);

  store.remove(unit(1));
  expect(store.replace(unit(MOST_SETS), set, "")).toEqual([{ name: "env", bytes: 4 }]);
}, 60_000);

test("directories above a set come with it and go with the last of them", () => {
  store.replace(unit(0), set, "");
  store.replace(unit(1), set, "");
  expect(readdirSync(staged("jupyterhub/singleuser")).sort()).toEqual(["zoe@s0", "zoe@s1"]);
  expect(statSync(staged("jupyterhub")).mode & 0o7777).toBe(0o700);
  store.remove(unit(0));
  expect(readdirSync(staged("jupyterhub/singleuser"))).toEqual(["zoe@s1"]);
  store.remove(unit(1));
  expect(readdirSync(staged())).toEqual([]);
});

test("a directory above a set that others could write is not believed", () => {
  mkdirSync(staged("jupyterhub"), { recursive: true, mode: 0o700 });
  chmodSync(staged("jupyterhub"), 0o777);
  expect(() => store.replace(ZOE, set, "")).toThrow(UntrustedPathError);
  expect(store.units()).toEqual([]);
});

test.each([
  ["at", "lab@u@realm.service", "lab@u\\x40realm.service"],
  ["above", "lab-u\\x40-x.service", "lab-u.service"],
  ["below", "lab-u.service", "lab-u\\x40-x.service"],
])("a set is neither staged nor started with another unit's set %s its path", (_, first, second) => {
  store.replace(first as UnitName, set, "");
  expect(() => store.replace(second as UnitName, set, "")).toThrow(UntrustedPathError);
  expect(() => store.vouch(second as UnitName)).toThrow(UntrustedPathError);
  expect(store.list(first)).toEqual([{ name: "env", bytes: 4 }]);
  store.remove(first);
  expect(store.replace(second as UnitName, set, "")).toEqual([{ name: "env", bytes: 4 }]);
});

test("a set of an older version is staged at its new place too, with what is remembered of it", () => {
  stageOld(ZOE, true);
  store.copyOldSets();
  expect(readFileSync(staged("jupyterhub/singleuser/zoe@/env"), "utf8")).toBe("OLD=1\n");
  expect(readFileSync(staged(ZOE, "env"), "utf8")).toBe("OLD=1\n");
  expect(store.record(ZOE, "")).toMatchObject({ writtenAtMs: 7, started: true });
  expect(store.units()).toEqual([ZOE]);
  store.copyOldSets();
  expect(store.remove(ZOE)).toBe(1);
  expect(readdirSync(staged())).toEqual([]);
});

test("a new set takes the place of the one of an older version, which is then gone", () => {
  stageOld(ZOE, true);
  store.replace(ZOE, set, "");
  expect(readdirSync(staged())).toEqual(["jupyterhub"]);
  expect(store.record(ZOE, "")).toMatchObject({ started: false });
});

test("sets without a record are remembered, and empty directories are taken away", () => {
  store.replace(ZOE, set, "");
  store.replace(unit(1), set, "");
  rmSync(join(path, "run/sets", ZOE));
  rmSync(staged("jupyterhub/singleuser/zoe@s1"), { recursive: true });
  mkdirSync(staged("left/over"), { recursive: true, mode: 0o700 });
  const steps = store.tidy((at) => (at === "jupyterhub/singleuser/zoe@" ? ZOE : null));
  while (steps.next().done !== true);
  expect(store.units()).toEqual([ZOE]);
  expect(store.record(ZOE, "")).toMatchObject({ started: false });
  expect(readdirSync(staged())).toEqual(["jupyterhub"]);
});
