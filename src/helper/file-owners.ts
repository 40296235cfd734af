import { lstatSync, readlinkSync } from "node:fs";
import type { Stats } from "node:fs";
import { join } from "node:path";

const OTHERS_MAY_WRITE = 0o022;

/** What is wrong with the ownership of one path. */
export interface FileFault {
  /** What is at fault: the path that was asked about, or a directory on the way to it. */
  readonly path: string;
  readonly kind: "unreadable" | "missing" | "owner" | "writable";
  /** A sentence without its full stop. */
  readonly text: string;
}

/** As many links as the kernel follows: path_resolution(7). */
const MOST_LINKS = 40;

interface Step {
  readonly path: string;
  readonly stat: Stats;
}

interface Way {
  /** Everything that the kernel passes on the way to a file, in its order: directories, links, the file itself. */
  readonly steps: readonly Step[];
  /** Why it does not get there; null: it does. */
  readonly end: "missing" | "unreadable" | null;
}

const namesOf = (path: string): string[] => path.split("/").filter((name) => name !== "" && name !== ".");

/** Walks as the kernel does, so that no link in the middle of a chain goes unseen. */
function walk(path: string): Way {
  const steps: Step[] = [];
  const ahead = namesOf(path);
  let links = 0;
  try {
    let at = "/";
    steps.push({ path: at, stat: lstatSync(at) });
    for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
      const next = join(at, name);
      const stat = lstatSync(next);
      steps.push({ path: next, stat });
      if (!stat.isSymbolicLink()) {
        at = next;
        continue;
      }
      links += 1;
      if (links > MOST_LINKS) return { steps, end: "unreadable" };
      const target = readlinkSync(next);
      if (target.startsWith("/")) at = "/";
      ahead.unshift(...namesOf(target));
    }
    return { steps, end: null };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { steps, end: isMissing ? "missing" : "unreadable" };
  }
}

function faultOf({ path, stat }: Step): FileFault[] {
  const isOthers = stat.uid !== 0;
  // A link has no mode of its own.
  const isWritable = !stat.isSymbolicLink() && (stat.mode & OTHERS_MAY_WRITE) !== 0;
  return [
    ...(isOthers ? [{ path, kind: "owner", text: `${path} does not belong to root` } as const] : []),
    ...(isWritable
      ? [{ path, kind: "writable", text: `${path} is writable by others than root` } as const]
      : []),
  ];
}

/** Each step once, the last one first: the file itself, then the directory that it is in. */
const backwards = (steps: readonly Step[]): Step[] =>
  [...new Map(steps.map((step) => [step.path, step])).values()].reverse();

/**
 * Tells what is wrong with the ownership of files. The way to a file counts as the file does: who can write a
 * directory can put another file there. A link is judged where it stands and where it leads.
 */
export function* findFileFaults(paths: readonly string[]): Generator<FileFault, undefined> {
  for (const path of paths) {
    const { steps, end } = walk(path);
    if (end !== null) yield { path, kind: end, text: `${path} cannot be read by the helper` };
    else for (const step of backwards(steps)) yield* faultOf(step);
  }
}

const STICKY = 0o1000;

/** Whether others than root can put something else in the place of what comes after a directory. */
function isOpen({ stat }: Step, next: Step | undefined): boolean {
  if (!stat.isDirectory()) return false;
  return stat.uid !== 0 || (stat.mode & STICKY) === 0 || next === undefined || next.stat.uid !== 0;
}

/**
 * What lets others than root change where a path leads, now or once there is something at it. A file that others can
 * write is no such thing, unless its contents count as well.
 */
export function findWayFaults(path: string, { withContents = false } = {}): FileFault[] {
  const { steps, end } = walk(path);
  const counts = steps.filter((step, at) => {
    const isFile = at === steps.length - 1 && end === null;
    return isFile ? withContents : isOpen(step, steps[at + 1]);
  });
  return backwards(counts).flatMap(faultOf);
}

/** The first thing that is wrong with the ownership of a unit's files, as a sentence; null: nothing. */
export const findFileProblem = (paths: readonly string[]): string | null =>
  findFileFaults(paths).next().value?.text ?? null;
