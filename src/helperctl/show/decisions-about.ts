import type { Decision } from "../log/pairing.ts";
import { Pairing } from "../log/pairing.ts";
import { readTail } from "../log/read-log.ts";
import { runningHelper } from "../log/running-helper.ts";
import type { Machine } from "../machine/machine.ts";

/** A log of a million lines may have nothing about one unit: this much of it is read in less than a second. */
const WITHIN = 20_000;

/** The latest decisions about a unit, the oldest first. */
export async function decisionsAbout(machine: Machine, unit: string, count: number): Promise<Decision[]> {
  const { entries } = await readTail(machine, { unit, within: WITHIN }, count);
  const pairing = new Pairing();
  return [...entries.flatMap((entry) => pairing.take(entry)), ...pairing.rest(await runningHelper(machine))];
}
