import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findFileFaults, findWayFaults } from "../../src/helper/file-owners.ts";

// Below a directory of root's all the way up, as /etc is.
let base = "";
beforeEach(() => {
  base = mkdtempSync("/opt/file-owners-");
  chmodSync(base, 0o755);
});
afterEach(() => rmSync(base, { recursive: true }));

const at = (...names: readonly string[]): string => join(base, ...names);
function directory(name: string, uid = 0, mode = 0o755): void {
  mkdirSync(at(name));
  chownSync(at(name), uid, 0);
  chmodSync(at(name), mode);
}
function file(name: string, uid = 0, mode = 0o644): void {
  writeFileSync(at(name), "");
  chownSync(at(name), uid, 0);
  chmodSync(at(name), mode);
}
const kinds = (faults: Iterable<{ path: string; kind: string }>): string[] =>
  Array.from(faults, ({ path, kind }) => `${path.slice(base.length + 1)} ${kind}`);

describe("findFileFaults", () => {
  test("sees a directory of another account in the middle of a chain of links", () => {
    directory("zoe", 1001);
    file("end");
    symlinkSync(at("end"), at("zoe/middle"));
    symlinkSync(at("zoe/middle"), at("begin"));
    expect(kinds(findFileFaults([at("begin")]))).toEqual(["zoe owner"]);
  });

  test("does not go round in circles", () => {
    symlinkSync(at("b"), at("a"));
    symlinkSync(at("a"), at("b"));
    expect(kinds(findFileFaults([at("a")]))).toEqual(["a unreadable"]);
  });

  test("follows a relative link from where it stands", () => {
    directory("zoe", 1001);
    file("zoe/x", 1001);
    directory("etc");
    symlinkSync("../zoe/x", at("etc/x"));
    expect(kinds(findFileFaults([at("etc/x")]))).toEqual(["zoe/x owner", "zoe owner"]);
  });
});

describe("findWayFaults", () => {
  test("finds who can put something where there is nothing yet", () => {
    directory("zoe", 1001);
    expect(kinds(findWayFaults(at("zoe/later/token")))).toEqual(["zoe owner"]);
    expect(kinds(findWayFaults(at("later/token")))).toEqual([]);
  });

  test("does not count a file that others can write, unless its contents count", () => {
    file("device", 1001, 0o660);
    expect(kinds(findWayFaults(at("device")))).toEqual([]);
    expect(kinds(findWayFaults(at("device"), { withContents: true }))).toEqual([
      "device owner",
      "device writable",
    ]);
  });

  test("believes what root has in a sticky directory, and nothing else there", () => {
    directory("tmp", 0, 0o1777);
    file("tmp/roots");
    file("tmp/zoes", 1001);
    expect(kinds(findWayFaults(at("tmp/roots")))).toEqual([]);
    expect(kinds(findWayFaults(at("tmp/zoes")))).toEqual(["tmp writable"]);
    expect(kinds(findWayFaults(at("tmp/nothing")))).toEqual(["tmp writable"]);
  });
});
