import { inspect, isDeepStrictEqual } from "node:util";

/** @throws Error that says what was found in the place of what should be there */
export function expectSame(what: string, found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${what} should be ${inspect(wanted)}, and is ${inspect(found)}`);
}

export function expectTrue(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
