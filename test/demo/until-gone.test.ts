import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { untilGone } from "../../demo/until-gone.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "until-gone-test-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("waiting for an entry to go ends when it goes, whatever goes before it", async () => {
  for (const name of ["one", "other"]) writeFileSync(join(directory, name), "");
  const gone = untilGone(directory, "one", AbortSignal.timeout(5_000));
  rmSync(join(directory, "other"));
  rmSync(join(directory, "one"));
  await expect(gone).resolves.toBeUndefined();
});

test("waiting for an entry that is not there ends at once", async () => {
  await expect(untilGone(directory, "one", AbortSignal.timeout(5_000))).resolves.toBeUndefined();
});

test("waiting for an entry to go ends when the signal says so", async () => {
  writeFileSync(join(directory, "one"), "");
  await expect(untilGone(directory, "one", AbortSignal.abort(new Error("enough")))).rejects.toThrow();
});
