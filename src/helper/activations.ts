import * as v from "valibot";
import type { RunTree } from "./credentials/run-tree.ts";
import type { Log } from "./log.ts";

const ROOM = "helper";
const NAME = "activations";
const schema = v.object({ count: v.pipe(v.number(), v.safeInteger()) });

/**
 * Counts this start of the helper. systemd keeps no such number, and the helper starts and leaves all day.
 * @returns how often it was started since the machine was, this time included; null where that could not be kept
 */
export function countActivation(tree: RunTree, log: Log): number | null {
  try {
    const parsed = v.safeParse(schema, tree.readRecord(ROOM, NAME));
    const count = (parsed.success ? parsed.output.count : 0) + 1;
    tree.writeRecord(ROOM, NAME, { count });
    return count;
  } catch (error) {
    // A full or an untrusted /run stands in the way of credentials, and is told of there; it is none of a number's.
    log.debug({ event: "not-counted", err: error });
    return null;
  }
}
