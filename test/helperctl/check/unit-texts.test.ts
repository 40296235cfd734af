import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { UnitTexts } from "../../../src/helperctl/check/unit-texts.ts";

let directory = "";
const at = (name: string): string => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "unit-texts-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("reads the files of a unit in their order, each once", async () => {
  await writeFile(at("a.service"), "[Service]\nUser=zoe\n");
  await writeFile(at("b.conf"), "[Service]\nUser=wash\n");
  const texts = new UnitTexts();
  const { assignments, unread } = await texts.read([at("a.service"), at("b.conf"), at("gone.conf")]);
  expect(assignments.map(({ value }) => value)).toEqual(["zoe", "wash"]);
  expect(unread).toEqual([at("gone.conf")]);
});

test("waits for no FIFO and reads no device that somebody has put in a file's place", async () => {
  execFileSync("mkfifo", [at("fifo.service")]);
  await symlink("/dev/zero", at("zero.service"));
  await symlink("/proc/self/mem", at("memory.service"));
  await writeFile(at("long.service"), `# ${"x".repeat(1_048_576)}\n`);
  const paths = ["fifo", "zero", "memory", "long"].map((name) => at(`${name}.service`));
  expect(await new UnitTexts().read(paths)).toEqual({ assignments: [], unread: paths });
});
