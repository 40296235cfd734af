/** What one thing on disk takes, and for whom it is there. */
export interface Holding {
  readonly uid: number;
  readonly sets: 0 | 1;
  readonly bytes: number;
  readonly files: number;
}

export interface Size {
  readonly bytes: number;
  readonly files: number;
}

interface Sum {
  sets: number;
  bytes: number;
  files: number;
}

/** A uid may take more while it has less than so many times what is free: some is always left for the next. */
const SHARE_OF_FREE = 4;
/** A tmpfs gives out memory in pages. */
const PAGE = 4096;
/** Nobody that the helper knows of: another helper staged it, before it was noted for whom. */
export const UNKNOWN_UID = -1;

const NOTHING: Sum = { sets: 0, bytes: 0, files: 0 };

/** What a set takes on disk: its files, and the directory that they are in. */
export const sizeOf = (files: Iterable<number>): Size => {
  const pages = Array.from(files, (bytes) => Math.ceil(bytes / PAGE));
  return { bytes: pages.reduce((sum, count) => sum + count, 0) * PAGE, files: pages.length + 1 };
};

/** Who has how much on disk, replaced sets that are yet to be unlinked included. */
export class Holdings {
  readonly #held = new Map<string, Holding>();
  readonly #sums = new Map<number, Sum>();
  #sets = 0;

  get(name: string): Holding | null {
    return this.#held.get(name) ?? null;
  }

  put(name: string, holding: Holding): void {
    this.drop(name);
    this.#held.set(name, holding);
    this.#add(holding, 1);
  }

  drop(name: string): void {
    const holding = this.#held.get(name);
    if (holding === undefined) return;
    this.#held.delete(name);
    this.#add(holding, -1);
  }

  /** Whether a uid may have one set more, of so many in all. */
  hasSetFor(uid: number, most: number): boolean {
    const free = most - this.#sets;
    return free > 0 && (this.#isExempt(uid) || this.#sumOf(uid).sets < SHARE_OF_FREE * free);
  }

  /** Whether a uid may take more of a file system of that size, of which that part is free to be taken. */
  hasRoomFor(uid: number, size: Size, free: number): boolean {
    const { bytes, files } = this.#sumOf(uid);
    const share = Math.max(bytes / size.bytes, size.files === 0 ? 0 : files / size.files);
    return free > 0 && (this.#isExempt(uid) || share < SHARE_OF_FREE * free);
  }

  #isExempt = (uid: number): boolean => uid === 0 || uid === UNKNOWN_UID;

  #sumOf(uid: number): Readonly<Sum> {
    return this.#sums.get(uid) ?? NOTHING;
  }

  #add({ uid, sets, bytes, files }: Holding, sign: 1 | -1): void {
    this.#sets += sign * sets;
    const sum = this.#sumOf(uid);
    const now = {
      sets: sum.sets + sign * sets,
      bytes: sum.bytes + sign * bytes,
      files: sum.files + sign * files,
    };
    if (now.files === 0) this.#sums.delete(uid);
    else this.#sums.set(uid, now);
  }
}
