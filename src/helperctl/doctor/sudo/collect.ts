import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Include } from "../../sudoers/model.ts";
import { takeOutIncludes } from "../../sudoers/includes.ts";
import { readInput } from "../../sudoers/read-input.ts";
import { SudoersError } from "../../sudoers/sudoers-error.ts";

export const SUDOERS = "/etc/sudoers";
/** sudo gives up at as many levels: sudoers(5). */
const MOST_LEVELS = 128;

/** One sudoers file, or why it could not be read. */
export type SudoersFile =
  | {
      readonly file: string;
      /** Whether it lies in an included directory, where sudo would pass it over under a name with a dot in it. */
      readonly isListed: boolean;
      readonly text: string;
    }
  | { readonly file: string; readonly error: SudoersError };

const INCLUDE = /^[@#](include(?:dir)?)\s+"?([^"]+?)"?$/;

/** sudo passes over what ends in `~` or has a dot in its name. */
export const isTaken = (name: string): boolean => !name.endsWith("~") && !name.includes(".");

async function listed(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter(isTaken)
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function included({ text }: Include, from: string, level: number): Promise<SudoersFile[]> {
  const [, kind, target = ""] = INCLUDE.exec(text) ?? [];
  if (kind === undefined || level > MOST_LEVELS) return [];
  const path = resolve(dirname(from), target);
  const isDirectory = kind === "includedir";
  const files = isDirectory ? await listed(path) : [path];
  return (await Promise.all(files.map((file) => collect(file, isDirectory, level)))).flat();
}

/** Reads a sudoers file and everything that it includes, each by itself. */
export async function collect(file = SUDOERS, isListed = false, level = 0): Promise<SudoersFile[]> {
  try {
    const text = await readInput(file);
    const { includes } = takeOutIncludes(text);
    const below = await Promise.all(includes.map((each) => included(each, file, level + 1)));
    return [{ file, isListed, text }, ...below.flat()];
  } catch (error) {
    if (error instanceof SudoersError) return [{ file, error }];
    throw error;
  }
}
