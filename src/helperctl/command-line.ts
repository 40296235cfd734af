import { harmless } from "./harmless.ts";

const PLAIN_WORD = /^[\p{L}\p{N}_./@:=-]+$/u;

const quote = (word: string): string =>
  PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A command line for a shell, fit to be shown and to be pasted. What is undefined is left out. */
export const commandLine = (words: readonly (string | undefined)[]): string =>
  words
    .filter((word) => word !== undefined)
    .map((word) => quote(harmless(word)))
    .join(" ");
