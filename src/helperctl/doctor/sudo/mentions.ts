/** Names of the groups that sudoers files speak of. */
export const groupsIn = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => Array.from(text.matchAll(/%:?"?([\w.-]+)/g), ([, name = ""]) => name))),
];

/**
 * Whether any of the files can be about somebody or about sudospawner at all: sudo's own parser is a program to run
 * for each. A character that means something to it may have a backslash before it.
 */
export function mayConcern(texts: readonly string[], words: readonly string[]): boolean {
  const plain = texts.map((text) => text.replaceAll("\\", ""));
  return [...words, "sudospawner"].some((word) => plain.some((text) => text.includes(word)));
}
