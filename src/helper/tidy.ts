import type { Rotation } from "./rotation.ts";

const LOOK_MS = 5_000;
/** More units of work than this between two looks are a storm, and leave a heap that is larger than need be. */
const STORMY = 2_000;

/** After so many bytes what was read is collected: for the engine's own measure it is next to nothing. */
const COLLECT_BYTES = 24 * 1024 * 1024;
const { gc } = globalThis as { gc?: () => void };
let readBytes = 0;

/** So much was read from a peer. */
export function noteRead(bytes: number): void {
  readBytes += bytes;
  if (readBytes < COLLECT_BYTES) return;
  readBytes = 0;
  gc?.();
}

/** Gives memory back once a storm is over: an engine that has little to do does not collect by itself. */
export function tidyAfterStorms(rotation: Rotation): void {
  let seen = 0;
  let isUntidy = false;
  setInterval(() => {
    const done = rotation.units - seen;
    seen = rotation.units;
    if (done > STORMY) isUntidy = true;
    else if (isUntidy) {
      isUntidy = false;
      gc?.();
    }
  }, LOOK_MS).unref();
}
