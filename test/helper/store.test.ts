import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { RunTree } from "../../src/helper/credentials/run-tree.ts";
import { CredentialStore } from "../../src/helper/credentials/store.ts";
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

test("so many sets can be staged and no more, and one of them can still be replaced", () => {
  store.replace(unit(0), set, "");
  for (let number = 1; number < MOST_SETS; number++) mkdirSync(join(path, "run/credentials", unit(number)));

  expect(() => store.replace(unit(MOST_SETS), set, "")).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  expect(store.list(unit(MOST_SETS))).toEqual([]);
  expect(store.replace(unit(0), set, "")).toEqual([{ name: "env", bytes: 4 }]);

  store.remove(unit(1));
  expect(store.replace(unit(MOST_SETS), set, "")).toEqual([{ name: "env", bytes: 4 }]);
});
