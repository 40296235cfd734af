import * as v from "valibot";
import type { StartRecord } from "../policy/types.ts";
import type { UnitName } from "../units/pattern.ts";
import type { RunTree } from "./credentials/run-tree.ts";

const startRecord = v.object({ rule: v.string(), peerUid: v.number() });

/**
 * By which rule a unit was started. While its unit lives the record lets the same hub see and end it, also when the
 * user has lost the group or the account since.
 */
export class StartRecords {
  readonly #tree: RunTree;

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  write(unit: UnitName, record: StartRecord): void {
    this.#tree.writeRecord("units", unit, record);
  }

  read(unit: string): StartRecord | null {
    const parsed = v.safeParse(startRecord, this.#tree.readRecord("units", unit));
    return parsed.success ? parsed.output : null;
  }

  remove(unit: string): void {
    this.#tree.removeRecord("units", unit);
  }

  units(): string[] {
    return this.#tree.names("units");
  }
}
