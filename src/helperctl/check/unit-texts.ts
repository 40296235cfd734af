import type { Assignment } from "../../units/unit-file.ts";
import { parseUnitFile } from "../../units/unit-file.ts";
import { NotReadable, readRegular } from "../machine/read-regular.ts";

/** No unit file is longer; what is, is not worth the memory. */
const MOST_BYTES = 1_048_576;

async function readUnitFile(path: string): Promise<Assignment[] | null> {
  try {
    return parseUnitFile(path, (await readRegular(path, MOST_BYTES)).toString("utf8"));
  } catch (error) {
    if (error instanceof NotReadable) return null;
    // Gone, or not for this account: whoever asks says so.
    if ((error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  }
}

/** The unit files that are shared by many units, each read once. */
export class UnitTexts {
  readonly #files = new Map<string, Promise<Assignment[] | null>>();

  #read(path: string): Promise<Assignment[] | null> {
    const reading = this.#files.get(path) ?? readUnitFile(path);
    this.#files.set(path, reading);
    return reading;
  }

  /** What the files say together, in their order, and which of them could not be read. */
  async read(paths: readonly string[]): Promise<{ assignments: Assignment[]; unread: string[] }> {
    const texts = await Promise.all(paths.map((path) => this.#read(path)));
    return {
      assignments: texts.flatMap((text) => text ?? []),
      unread: paths.filter((_, at) => texts[at] === null),
    };
  }
}
