import type { MethodName } from "../protocol/methods.ts";
import { isMethodName, METHOD_NAMES } from "../protocol/methods.ts";
import { suggestion } from "./nearest-word.ts";
import { UsageError } from "./usage-error.ts";

/** A method of the protocol, as somebody typed it. @throws UsageError */
export function readMethod(word: string): MethodName {
  if (isMethodName(word)) return word;
  throw new UsageError(`There is no method ${word}.${suggestion(word, METHOD_NAMES)}`);
}
