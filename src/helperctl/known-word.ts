import { suggestion } from "./nearest-word.ts";
import { UsageError } from "./usage-error.ts";

/** One of a few words that a command takes. @throws UsageError that names them, or the one that was meant */
export function knownWord<T extends string>(kind: string, word: string, known: readonly T[]): T {
  const found = known.find((each) => each === word);
  if (found !== undefined) return found;
  const hint = suggestion(word, known) || ` There are: ${known.join(", ")}.`;
  throw new UsageError(`There is no ${kind} ${word}.${hint}`);
}
