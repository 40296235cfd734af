import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Machine } from "../../machine/machine.ts";
import type { Sudoers } from "../../sudoers/model.ts";
import { readSudoers } from "../../sudoers/read-sudoers.ts";
import { SudoersError } from "../../sudoers/sudoers-error.ts";

export const SUDOERS = "/etc/sudoers";
/** sudo gives up at as many levels: sudoers(5). */
const MOST_LEVELS = 128;

/** One sudoers file, or why it could not be read. */
export type Read =
  | {
      readonly file: string;
      /** Whether sudo would pass it over under a name with a dot in it. */
      readonly isListed: boolean;
      readonly sudoers: Sudoers;
    }
  | { readonly file: string; readonly error: SudoersError };

const INCLUDE = /^[@#](include(?:dir)?)\s+"?([^"]+?)"?$/;

/** sudo passes over what ends in `~` or has a dot in its name. */
export const isTaken = (name: string): boolean => !name.endsWith("~") && !name.includes(".");

async function listed(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory))
      .filter(isTaken)
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Reads a sudoers file and everything that it includes, each by itself. */
export async function collect(
  machine: Pick<Machine, "run">,
  file = SUDOERS,
  isListed = false,
  level = 0,
): Promise<Read[]> {
  try {
    const sudoers = await readSudoers(machine, file);
    const includes = level < MOST_LEVELS ? sudoers.includes : [];
    const below = includes.map(async ({ text }): Promise<Read[]> => {
      const [, kind, target = ""] = INCLUDE.exec(text) ?? [];
      if (kind === undefined) return [];
      const path = resolve(dirname(file), target);
      const isDirectory = kind === "includedir";
      const files = isDirectory ? await listed(path) : [path];
      return (await Promise.all(files.map((each) => collect(machine, each, isDirectory, level + 1)))).flat();
    });
    return [{ file, isListed, sudoers }, ...(await Promise.all(below)).flat()];
  } catch (error) {
    if (error instanceof SudoersError) return [{ file, error }];
    throw error;
  }
}
