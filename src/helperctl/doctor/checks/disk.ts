import { statfs } from "node:fs/promises";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { inTurn } from "../mend.ts";

/** A file system that something of ours needs. */
interface Need {
  readonly path: string;
  /** The part that must be free. */
  readonly least: number;
  readonly harm: string;
  readonly mend: string | null;
}

const VACUUM = inTurn(["journalctl", "--vacuum-size=100M"]);

const NEEDS: readonly Need[] = [
  { path: "/", least: 0.05, harm: "accounts, units and the policy can soon not be changed", mend: VACUUM },
  // The helper's own limit: src/helper/credentials/store.ts.
  { path: "/run", least: 0.25, harm: "the helper refuses to stage credentials", mend: null },
  {
    path: "/var/log/journal",
    least: 0.05,
    harm: "the journal drops the oldest of the audit log",
    mend: VACUUM,
  },
];

/** The part that is free, of blocks or of inodes, whichever is less. */
export interface Room {
  readonly blocks: number;
  readonly inodes: number;
}

const percent = (part: number): string => `${(part * 100).toFixed(part < 0.01 ? 1 : 0)} %`;

export function judgeRoom({ path, least, harm, mend }: Need, { blocks, inodes }: Room): Finding[] {
  const [free, of] = inodes < blocks ? [inodes, "inodes"] : [blocks, "room"];
  if (free >= least) return [];
  const text = `${path} has ${percent(free)} of its ${of} left, and ${percent(least)} are needed: ${harm}`;
  return [{ code: "disk-full", severity: "error", text, file: path, mend }];
}

async function roomAt(path: string): Promise<Room | null> {
  try {
    const { bavail, blocks, ffree, files } = await statfs(path);
    // Some count none of their own.
    const part = (free: number, all: number): number => (all === 0 ? 1 : free / all);
    return { blocks: part(bavail, blocks), inodes: part(ffree, files) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export const disk: Check = {
  name: "disk",
  title: "room on the disk, in /run and for the journal",
  run: async () => {
    const judged = NEEDS.map(async (need): Promise<Finding[]> => {
      const room = await roomAt(need.path);
      return room === null ? [] : judgeRoom(need, room);
    });
    const found = (await Promise.all(judged)).flat();
    // /var/log/journal is often no file system of its own: what is said of / is enough.
    const isRootFull = found.some(({ file }) => file === "/");
    return found.filter(({ file }) => file !== "/var/log/journal" || !isRootFull);
  },
};
