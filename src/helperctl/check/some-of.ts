const SHOWN = 2;

/** `zoe`, `zoe and wash`, `zoe, wash and 398 more`. */
export function someOf(names: readonly string[]): string {
  const [first = "", second] = names;
  if (second === undefined) return first;
  return names.length === SHOWN
    ? `${first} and ${second}`
    : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
}
