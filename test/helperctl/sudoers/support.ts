import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../../src/helperctl/machine/program.ts";
import type { Sudoers } from "../../../src/helperctl/sudoers/model.ts";
import { readSudoers } from "../../../src/helperctl/sudoers/read-sudoers.ts";

/** Calls `use` with the path of a file that holds a text. */
export async function withFile<T>(text: string | Buffer, use: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "sudoers-"));
  const path = join(directory, "jupyterhub");
  writeFileSync(path, text);
  try {
    return await use(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Reads a text with the real cvtsudoers. */
export const sudoersOf = (text: string | Buffer): Promise<Sudoers> =>
  withFile(text, (path) => readSudoers({ run: runProgram }, path));
