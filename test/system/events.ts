import { type FSWatcher, lstatSync, readdirSync, readlinkSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Testbed } from "../../testbed/index.ts";
import { isMissing } from "../../testbed/missing.ts";

const PATIENCE_MS = 120_000;
const RUNNING = "/run/systemd/units";

/** A directory whose last entry has gone may be gone with it. */
function watchIfThere(directory: string, look: () => void): FSWatcher | null {
  try {
    return watch(directory, look);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Waits until something is true that shows in a directory: it is asked again whenever an entry there changes. */
function whenDirectory(directory: string, isTrue: () => boolean, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!isTrue()) return;
      stop();
      resolve();
    };
    const watcher = watchIfThere(directory, look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${what}: not so after ${PATIENCE_MS} ms`));
    }, PATIENCE_MS);
    const stop = (): void => {
      clearTimeout(timer);
      watcher?.close();
    };
    look();
  });
}

/** Whether a path of the testbed is there, a link that leads nowhere included. */
export const isThere = (testbed: Testbed, path: string): boolean =>
  lstatSync(testbed.root + path, { throwIfNoEntry: false }) !== undefined;

/** Waits until a path of the testbed is gone. */
export const whenGone = (testbed: Testbed, path: string): Promise<void> =>
  whenDirectory(testbed.root + dirname(path), () => !isThere(testbed, path), `${basename(path)} is gone`);

/** Waits until a path of the testbed is there. */
export const whenThere = (testbed: Testbed, path: string): Promise<void> =>
  whenDirectory(testbed.root + dirname(path), () => isThere(testbed, path), `${basename(path)} is there`);

/** Waits until nothing is left in a directory of the testbed. */
export const whenEmpty = (testbed: Testbed, path: string): Promise<void> =>
  whenDirectory(testbed.root + path, () => readdirSync(testbed.root + path).length === 0, `${path} is empty`);

/** The link that PID 1 keeps for journald as long as a unit is neither inactive nor failed. */
const invocationLink = (unit: string): string => `${RUNNING}/invocation:${unit}`;

/** The invocation of a unit that is up; null when it is inactive or failed. */
export function invocationOf(testbed: Testbed, unit: string): string | null {
  try {
    // One look and not two: the unit may go down in between.
    return readlinkSync(testbed.root + invocationLink(unit));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Waits until a unit is inactive or failed. */
export const whenDown = (testbed: Testbed, unit: string): Promise<void> =>
  whenGone(testbed, invocationLink(unit));

/** Waits until a unit is up, in another invocation than the one given. */
export const whenUp = (testbed: Testbed, unit: string, other: string | null = null): Promise<void> =>
  whenDirectory(
    testbed.root + RUNNING,
    () => ![null, other].includes(invocationOf(testbed, unit)),
    `${unit} is up anew`,
  );
